// mailmove: the system's words for its errors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system's words for its errors.
package enum SystemError {
  /// The text for an `errno`, in lower case, to stand inside a sentence.
  package static func text(_ code: CInt) -> String {
    switch code {
    case ENOENT: "there is no such file"
    case EACCES, EPERM: "permission denied"
    default:
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
          return "error \(code)"
        }
        return String(cString: base).lowercased()
      }
    }
  }
}
