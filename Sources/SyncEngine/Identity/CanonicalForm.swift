// mailmove: a message without what servers change.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A message levelled by all that servers are known to rewrite on APPEND.
///
/// Line ends become LF, NUL becomes 0x80 (Dovecot), 8-bit bytes of the header become `X` (Cyrus),
/// line ends at the very end are dropped (Courier and Yahoo want one).
package struct CanonicalForm: Sendable {
  package let headerLines: [[UInt8]]
  package let body: [UInt8]

  package init(of message: [UInt8]) {
    let start = HeaderFields(message).bodyOffset
    headerLines = Self.level(message[..<start], isHeader: true)
      .split(separator: lineFeed, omittingEmptySubsequences: true).map(Array.init)
    body = Self.level(message[start...], isHeader: false)
  }

  private static func level(_ bytes: ArraySlice<UInt8>, isHeader: Bool) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case carriageReturn: continue
      case 0: result.append(0x80)
      case 0x80... where isHeader: result.append(UInt8(ascii: "X"))
      default: result.append(byte)
      }
    }
    while result.last == lineFeed { result.removeLast() }
    return result
  }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
