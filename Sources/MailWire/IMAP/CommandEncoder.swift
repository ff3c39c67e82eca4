// mailmove: commands as bytes.
// SPDX-License-Identifier: Apache-2.0

/// Which literals may be sent without waiting (RFC 7888).
package enum LiteralMode: Sendable, Equatable {
  /// None: after every literal's header the server has to answer `+`.
  case synchronizing
  /// LITERAL+: all.
  case plus
  /// LITERAL-: those of at most 4,096 octets.
  case minus

  package init(_ capabilities: CapabilitySet) {
    if capabilities.has(.literalPlus) {
      self = .plus
    } else if capabilities.has(.literalMinus) || capabilities.has(.imap4rev2) {
      self = .minus
    } else {
      self = .synchronizing
    }
  }

  func waits(forLiteralOf octets: Int) -> Bool {
    switch self {
    case .synchronizing: true
    case .plus: false
    case .minus: octets > 4_096
    }
  }
}

/// Bytes to write, and what the writer has to know about them.
package struct WireChunk: Sendable, Equatable {
  /// How much of a chunk may be shown.
  package enum Kind: Sendable {
    case protocolText
    /// For no trace.
    case secret
    /// The octets of a message: in traces only their number.
    case message
  }

  /// What to write.
  package var bytes: [UInt8]
  /// What a trace may show of it.
  package let kind: Kind
  /// The chunk ends with the header of a synchronizing literal: write what follows only after `+`.
  package var waitsForContinuation: Bool

  package init(bytes: [UInt8], kind: Kind, waitsForContinuation: Bool = false) {
    self.bytes = bytes
    self.kind = kind
    self.waitsForContinuation = waitsForContinuation
  }
}

extension WireChunk {
  /// A line that answers a challenge of AUTHENTICATE (RFC 9051, 6.2.2).
  package static func saslAnswer(_ response: [UInt8]) -> WireChunk {
    WireChunk(bytes: Base64.encode(response) + Array("\r\n".utf8), kind: .secret)
  }

  /// A line that gives up an AUTHENTICATE.
  package static let saslCancel = WireChunk(bytes: Array("*\r\n".utf8), kind: .protocolText)
}

/// Turns commands into chunks. Nothing it is given can end a line or begin another command.
package struct CommandEncoder: Sendable {
  /// May change when capabilities do.
  package var literalMode: LiteralMode

  package init(literalMode: LiteralMode) { self.literalMode = literalMode }

  /// A whole command, from its tag to its line end.
  package func encode(tag: String, _ command: Command) throws(EncodingError) -> [WireChunk] {
    var chunks = ChunkList()
    try append([.text(tag + " ")] + command.pieces, of: command.name, to: &chunks)
    chunks.add("\r\n".utf8, .protocolText)
    return chunks.list
  }

  func append(
    _ pieces: [Command.Piece], of name: String, to chunks: inout ChunkList
  ) throws(EncodingError) {
    for piece in pieces {
      switch piece {
      case .text(let words):
        guard words.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
          throw .unsafeText(command: name)
        }
        chunks.add(words.utf8, .protocolText)
      case .flags(let flags):
        guard flags.keywords.allSatisfy(\.isAtom) else { throw .keywordNotAnAtom(command: name) }
        chunks.add(flags.description.utf8, .protocolText)
      case .string(let bytes):
        try append(bytes, escapes: true, .protocolText, of: name, to: &chunks)
      case .secret(let secret):
        let bytes = secret.withBytes { $0 }
        try append(bytes, escapes: false, .secret, of: name, to: &chunks)
      case .secretWords(let secret):
        let bytes = secret.withBytes { $0 }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
          throw .unsafeText(command: name)
        }
        chunks.add(bytes, .secret)
      case .message(let bytes):
        chunks.addLiteral(bytes, .message, waits: literalMode.waits(forLiteralOf: bytes.count))
      }
    }
  }

  /// A string: quoted if it is short and plain, else a literal. `escapes`: a quote or a backslash
  /// is escaped; without, it makes a literal, which no server reads wrongly.
  private func append(
    _ bytes: [UInt8], escapes: Bool, _ kind: WireChunk.Kind, of name: String,
    to chunks: inout ChunkList
  ) throws(EncodingError) {
    guard !bytes.contains(0) else { throw .nulInString(command: name) }
    let isPlain = bytes.allSatisfy { (0x20...0x7E).contains($0) }
    let special = bytes.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    guard isPlain, escapes || !special, bytes.count <= Self.quotedOctetsMax else {
      chunks.addLiteral(bytes, kind, waits: literalMode.waits(forLiteralOf: bytes.count))
      return
    }
    var quoted = [UInt8(ascii: "\"")]
    for byte in bytes {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        quoted.append(UInt8(ascii: "\\"))
      }
      quoted.append(byte)
    }
    chunks.add(quoted + [UInt8(ascii: "\"")], kind)
  }

  private static let quotedOctetsMax = 900
}

/// Chunks in the making: neighbours of one kind are joined, messages stay alone and uncopied.
struct ChunkList {
  private(set) var list: [WireChunk] = []

  mutating func add(_ bytes: some Collection<UInt8>, _ kind: WireChunk.Kind) {
    guard !bytes.isEmpty else { return }
    if let last = list.last, last.kind == kind, kind != .message, !last.waitsForContinuation {
      list[list.count - 1].bytes.append(contentsOf: bytes)
    } else {
      list.append(WireChunk(bytes: Array(bytes), kind: kind))
    }
  }

  mutating func addLiteral(_ bytes: [UInt8], _ kind: WireChunk.Kind, waits: Bool) {
    add("{\(bytes.count)\(waits ? "" : "+")}\r\n".utf8, .protocolText)
    if waits { list[list.count - 1].waitsForContinuation = true }
    if kind == .message {
      list.append(WireChunk(bytes: bytes, kind: kind))
    } else {
      add(bytes, kind)
    }
  }
}
