// mailmove: OpenSSL's error queue.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The first error in this thread's queue: the one that began the trouble.
///
/// The queue belongs to the thread, not to the connection, and `SSL_get_error` looks at it: clear
/// it before every call (`man SSL_get_error`).
struct OpenSSLErrors {
  /// One of `SSL_R_…` if the error comes from the TLS library, else 0.
  let tlsReason: Int32
  /// The `errno` if a call of the system failed, else 0.
  let systemCode: Int32
  /// OpenSSL's words; they name functions and protocol, never data.
  let text: String

  /// Takes what is in the queue and leaves it empty.
  static func take() -> OpenSSLErrors {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0 else {
      return OpenSSLErrors(tlsReason: 0, systemCode: 0, text: "no reason given")
    }
    let systemCode = mm_err_errno(code)
    if systemCode != 0 {
      return OpenSSLErrors(tlsReason: 0, systemCode: systemCode, text: systemText(systemCode))
    }
    let words = ERR_reason_error_string(code).map { String(cString: $0) } ?? "unknown reason"
    let isTLS = mm_err_library(code) == ERR_LIB_SSL
    return OpenSSLErrors(
      tlsReason: isTLS ? Int32(truncatingIfNeeded: mm_err_reason(code)) : 0, systemCode: 0,
      text: words)
  }
}
