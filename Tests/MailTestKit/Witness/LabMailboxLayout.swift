// mailmove: mailbox names of a server, for tests.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a server spells personal mailboxes: its prefix, its delimiter, modified UTF-7.
///
/// A path is what a user reads: UTF-8, `/` between the levels, no prefix.
package struct LabMailboxLayout: Sendable, Equatable {
  package var prefix: String
  package var delimiter: String

  package init(prefix: String, delimiter: String) {
    self.prefix = prefix
    self.delimiter = delimiter
  }

  /// The name on the wire, quoted.
  func wireName(_ path: String) -> String {
    let below = path.replacingOccurrences(of: "/", with: delimiter)
    let name = path == "INBOX" ? path : prefix + below
    let escaped = Self.modifiedUTF7(name)
      .replacingOccurrences(of: "\\", with: "\\\\")
      .replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(escaped)\""
  }

  func path(wireName: String) -> String {
    let name = Self.decoded(modifiedUTF7: wireName)
    let below = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    return below.replacingOccurrences(of: delimiter, with: "/")
  }

  /// RFC 3501, section 5.1.3.
  static func modifiedUTF7(_ text: String) -> String {
    var result = ""
    var shifted: [UInt16] = []
    func flush() {
      guard !shifted.isEmpty else { return }
      let octets = Data(shifted.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] })
      let base64 = octets.base64EncodedString()
        .replacingOccurrences(of: "=", with: "").replacingOccurrences(of: "/", with: ",")
      result += "&\(base64)-"
      shifted = []
    }
    for unit in text.utf16 {
      guard (0x20...0x7e).contains(unit) else {
        shifted.append(unit)
        continue
      }
      flush()
      result += unit == 0x26 ? "&-" : String(UnicodeScalar(UInt8(unit)))
    }
    flush()
    return result
  }

  /// The inverse; what is no modified UTF-7 stays as it is.
  static func decoded(modifiedUTF7 name: String) -> String {
    var result = ""
    var rest = Substring(name)
    while let ampersand = rest.firstIndex(of: "&") {
      result += rest[..<ampersand]
      let start = rest.index(after: ampersand)
      guard let end = rest[start...].firstIndex(of: "-") else { return name }
      let shifted = rest[start..<end].replacingOccurrences(of: ",", with: "/")
      let padded = shifted + String(repeating: "=", count: (4 - shifted.count % 4) % 4)
      guard let octets = Data(base64Encoded: padded) else { return name }
      let units = stride(from: 0, to: octets.count - 1, by: 2).map {
        UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1])
      }
      result += shifted.isEmpty ? "&" : String(decoding: units, as: UTF16.self)
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
