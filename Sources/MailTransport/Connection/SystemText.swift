// mailmove: the system's words.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system's words for an `errno`.
func systemText(_ code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
