// mailmove: what a POP3 server answers.
// SPDX-License-Identifier: Apache-2.0

/// The first line of an answer (RFC 1939, 3; RFC 5034, 4).
package enum POP3Reply: Sendable, Equatable {
  /// `+OK`, with the rest of the line as it came.
  case positive([UInt8])
  case negative(POP3Refusal)
  /// `+` and a challenge in base64, which may be empty.
  case challenge([UInt8])

  /// Reads a line without its line end; nil if it is none of the three.
  package init?(line: [UInt8]) {
    if let rest = Self.rest(of: line, after: "+OK") {
      self = .positive(rest)
    } else if let rest = Self.rest(of: line, after: "-ERR") {
      self = .negative(POP3Refusal(rest))
    } else if line.first == UInt8(ascii: "+") {
      self = .challenge(Array(line.dropFirst().drop { $0 == UInt8(ascii: " ") }))
    } else {
      return nil
    }
  }

  /// What follows a status indicator, in any case, and the spaces behind it.
  private static func rest(of line: [UInt8], after indicator: StaticString) -> [UInt8]? {
    let count = indicator.utf8CodeUnitCount
    guard line.count >= count else { return nil }
    for index in 0..<count {
      let byte = line[index]
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      guard (isLetter ? byte & 0xDF : byte) == indicator.utf8Start[index] else { return nil }
    }
    guard line.count == count || line[count] <= 0x20 else { return nil }
    return Array(line.dropFirst(count).drop { $0 <= 0x20 })
  }
}

/// `-ERR`, with its response code and its text for people.
package struct POP3Refusal: Sendable, Equatable {
  package let code: POP3ResponseCode?
  /// Bytes that are not UTF-8 are replaced, control characters are escaped.
  package let text: String
  /// The answer repeats a credential: its text may be read, and not be passed on.
  package var isConfidential = false

  package init(code: POP3ResponseCode?, text: String) {
    self.code = code
    self.text = text
  }

  init(_ rest: [UInt8]) {
    guard rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) else {
      self.init(code: nil, text: Self.visible(rest[...]))
      return
    }
    let name = String(decoding: rest[1..<end], as: UTF8.self)
    let text = rest[(end + 1)...].drop { $0 <= 0x20 }
    self.init(code: POP3ResponseCode(name), text: Self.visible(text))
  }

  private static func visible(_ bytes: ArraySlice<UInt8>) -> String {
    VisibleText.of(String(decoding: bytes, as: UTF8.self))
  }
}

/// A response code (RFC 2449, 8; RFC 3206), with the RFC's own names.
package enum POP3ResponseCode: Sendable, Equatable {
  /// The maildrop is open in another session.
  case inUse
  /// Too early after the last login.
  case loginDelay
  /// A fault that will pass.
  case sysTemp
  /// A fault that somebody has to mend.
  case sysPerm
  /// The credentials are wrong.
  case auth
  /// Anything else, by its name in upper case.
  case other(String)

  init(_ text: String) {
    let name = text.split(separator: " ").first.map { $0.uppercased() } ?? ""
    self =
      switch name {
      case "IN-USE": .inUse
      case "LOGIN-DELAY": .loginDelay
      case "SYS/TEMP": .sysTemp
      case "SYS/PERM": .sysPerm
      case "AUTH": .auth
      default: .other(VisibleText.of(name))
      }
  }
}
