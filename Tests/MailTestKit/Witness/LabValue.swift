// mailmove: a parsed piece of an IMAP response, for tests.
// SPDX-License-Identifier: Apache-2.0

/// One piece of a server's response (RFC 9051, section 4), parsed without the product's code.
package indirect enum LabValue: Sendable, Equatable {
  case atom(String)
  /// A quoted string or a literal.
  case bytes([UInt8])
  case list([LabValue])

  package var text: String {
    switch self {
    case .atom(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .list: ""
    }
  }

  package var octets: [UInt8] {
    switch self {
    case .atom(let text): Array(text.utf8)
    case .bytes(let bytes): bytes
    case .list: []
    }
  }

  package var items: [LabValue] {
    switch self {
    case .atom, .bytes: []
    case .list(let items): items
    }
  }

  /// The value after a name in a list of names and values, as in FETCH and STATUS.
  package func value(after name: String) -> LabValue? {
    guard let index = items.firstIndex(of: .atom(name)), index + 1 < items.count else { return nil }
    return items[index + 1]
  }

  /// Parses one response without its final CRLF, literals in place.
  ///
  /// The text of OK, NO, BAD, BYE and PREAUTH stays one atom: it follows no grammar.
  static func parse(_ response: [UInt8]) throws -> [LabValue] {
    var parser = LabResponseParser(bytes: response)
    return try parser.response()
  }
}

private struct LabResponseParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func response() throws -> [LabValue] {
    var values: [LabValue] = []
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: " ") {
        position += 1
        continue
      }
      values.append(try value())
      if values.count == 2, ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(values[1].text) {
        values.append(.atom(String(decoding: bytes[position...].dropFirst(), as: UTF8.self)))
        return values
      }
    }
    return values
  }

  private mutating func value() throws -> LabValue {
    switch bytes[position] {
    case UInt8(ascii: "("): try list()
    case UInt8(ascii: "\""): try quoted()
    case UInt8(ascii: "{"): try literal()
    default: atom()
    }
  }

  private mutating func list() throws -> LabValue {
    position += 1
    var items: [LabValue] = []
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: ")"):
        position += 1
        return .list(items)
      case UInt8(ascii: " "): position += 1
      default: items.append(try value())
      }
    }
    throw LabError("a list without end from the server")
  }

  private mutating func quoted() throws -> LabValue {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      var byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return .bytes(text) }
      if byte == UInt8(ascii: "\\"), position < bytes.count {
        byte = bytes[position]
        position += 1
      }
      text.append(byte)
    }
    throw LabError("a string without end from the server")
  }

  private mutating func literal() throws -> LabValue {
    guard let brace = bytes[position...].firstIndex(of: UInt8(ascii: "}")),
      let count = Int(String(decoding: bytes[(position + 1)..<brace], as: UTF8.self)),
      brace + 3 + count <= bytes.count
    else { throw LabError("a literal without length from the server") }
    let start = brace + 3
    position = start + count
    return .bytes(Array(bytes[start..<position]))
  }

  private mutating func atom() -> LabValue {
    let start = position
    let ends: [UInt8] = Array(" ()\"".utf8)
    while position < bytes.count, !ends.contains(bytes[position]) || position == start {
      position += 1
    }
    return .atom(String(decoding: bytes[start..<position], as: UTF8.self))
  }
}
