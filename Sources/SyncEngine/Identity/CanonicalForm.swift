// mailmove: a message without what servers change.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A message levelled by all that servers are known to rewrite on APPEND.
///
/// Line ends become LF, NUL becomes 0x80 (Dovecot), 8-bit bytes of the header become `X` (Cyrus),
/// line ends at the very end are dropped (Courier and Yahoo want one).
package struct CanonicalForm: Sendable {
  /// With the lines that continue them, joined by line feeds.
  package let headerFields: [[UInt8]]
  package let body: [UInt8]

  package init(of message: [UInt8]) {
    let start = HeaderFields(message).bodyOffset
    headerFields = Self.fields(Self.level(message[..<start], isHeader: true))
    body = Self.level(message[start...], isHeader: false)
  }

  private static func fields(_ header: [UInt8]) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    for line in header.split(separator: lineFeed, omittingEmptySubsequences: true) {
      if let last = fields.indices.last, line.first == blank || line.first == tab {
        fields[last].append(lineFeed)
        fields[last] += line
      } else {
        fields.append(Array(line))
      }
    }
    return fields
  }

  private static func level(_ bytes: ArraySlice<UInt8>, isHeader: Bool) -> [UInt8] {
    var result = [UInt8](unsafeUninitializedCapacity: bytes.count) { result, count in
      bytes.withUnsafeBufferPointer { given in
        for byte in given where byte != carriageReturn {
          let isReplaced = byte == 0 || isHeader && byte >= 0x80
          result[count] = !isReplaced ? byte : byte == 0 ? 0x80 : UInt8(ascii: "X")
          count += 1
        }
      }
    }
    while result.last == lineFeed { result.removeLast() }
    return result
  }
}

private let blank = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
