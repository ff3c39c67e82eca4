// mailmove: POP3 commands.
// SPDX-License-Identifier: Apache-2.0

/// A command of POP3 (RFC 1939, 3): one line, and whether a positive answer is more than a line.
package struct POP3Command: Sendable, Equatable {
  /// In upper case, for traces and errors.
  package let name: String
  /// The whole line with its CRLF, in parts that say what a trace may show of them.
  package let chunks: [WireChunk]
  /// A positive answer is followed by lines up to a line with a single dot.
  package let isMultiLine: Bool

  private init(_ name: String, _ argument: String = "", isMultiLine: Bool = false) {
    self.name = name
    self.isMultiLine = isMultiLine
    let words = argument.isEmpty ? name : "\(name) \(argument)"
    chunks = [WireChunk(bytes: Array((words + "\r\n").utf8), kind: .protocolText)]
  }

  private init(_ name: String, secret: [UInt8]) throws(EncodingError) {
    guard !secret.contains(where: { $0 == 0 || $0 == 0x0D || $0 == 0x0A }) else {
      throw .lineEndInArgument(command: name)
    }
    self.name = name
    isMultiLine = false
    chunks = [
      WireChunk(bytes: Array("\(name) ".utf8), kind: .protocolText),
      WireChunk(bytes: secret + [0x0D, 0x0A], kind: .secret),
    ]
  }
}

extension POP3Command {
  /// RFC 2449, 5.
  package static let capa = POP3Command("CAPA", isMultiLine: true)
  /// RFC 2595, 4.
  package static let stls = POP3Command("STLS")
  package static let stat = POP3Command("STAT")
  package static let list = POP3Command("LIST", isMultiLine: true)
  package static let uidl = POP3Command("UIDL", isMultiLine: true)
  package static let noop = POP3Command("NOOP")
  package static let quit = POP3Command("QUIT")

  /// LIST of one message, which is answered in one line.
  package static func list(_ number: Int) -> POP3Command { POP3Command("LIST", "\(number)") }

  package static func retr(_ number: Int) -> POP3Command {
    POP3Command("RETR", "\(number)", isMultiLine: true)
  }

  /// The header of a message and none of its lines.
  package static func top(_ number: Int) -> POP3Command {
    POP3Command("TOP", "\(number) 0", isMultiLine: true)
  }

  package static func dele(_ number: Int) -> POP3Command { POP3Command("DELE", "\(number)") }

  /// USER (RFC 1939, 7). Throws for a name that no line can carry.
  package static func user(_ name: [UInt8]) throws(EncodingError) -> POP3Command {
    try POP3Command("USER", secret: name)
  }

  /// PASS (RFC 1939, 7): the rest of the line, spaces included.
  package static func pass(_ password: Secret) throws(EncodingError) -> POP3Command {
    try POP3Command("PASS", secret: password.withBytes { $0 })
  }

  /// AUTH (RFC 5034, 4). The initial response follows in a line of its own, because a command
  /// may have 255 octets only and some servers know no other form.
  package static func auth(_ mechanism: String) -> POP3Command { POP3Command("AUTH", mechanism) }
}
