// mailmove: the system's words.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether an `errno` says that this process or machine has no more of something: that is nobody
/// else's fault.
func isShortage(_ code: Int32) -> Bool {
  [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(code)
}

/// The system's words for an `errno`.
func systemText(_ code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
