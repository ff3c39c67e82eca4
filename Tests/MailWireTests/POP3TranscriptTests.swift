// mailmove: POP3 as servers were seen to speak it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import MailWire

/// One file below `POP3Transcripts/`, in the form of `Transcript`. `C:` says what the answer is to:
/// CAPA, LIST, UIDL and RETR bring a text after `+OK`.
struct POP3Transcript: CustomTestStringConvertible {
  let name: String
  /// What the server says after each command; the first part has none before it.
  let parts: [(command: String, bytes: [UInt8])]
  let expected: [String]

  var testDescription: String { name }

  static let all = Transcript.files(in: "POP3Transcripts").map {
    POP3Transcript(name: $0.name, text: $0.text)
  }

  init(name: String, text: String) {
    self.name = name
    var parts: [(command: String, bytes: [UInt8])] = [("", [])]
    var expected: [String] = []
    for line in text.split(separator: "\n") {
      let content = String(line.dropFirst(3))
      switch line.prefix(2) {
      case "C:": parts.append((content, []))
      case "S:": parts[parts.count - 1].bytes += Transcript.unescape(content) + [0x0D, 0x0A]
      case "L:": parts[parts.count - 1].bytes += Transcript.unescape(content)
      case "= ", "! ": expected.append(String(line))
      default: continue
      }
    }
    self.parts = parts
    self.expected = expected
  }
}

/// What is understood, in the words of the transcripts.
enum POP3Text {
  static func shown(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      (0x20...0x7E).contains(byte)
        ? String(UnicodeScalar(byte))
        : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  static func shown(_ reply: POP3Reply) -> String {
    switch reply {
    case .positive(let rest): "= +OK '\(shown(rest))'"
    case .challenge(let rest): "= challenge '\(shown(rest))'"
    case .negative(let refusal):
      "= -ERR \(refusal.code.map { "\($0)" } ?? "none") '\(refusal.text)'"
    }
  }

  static func shown(_ text: [UInt8], of command: String) -> [String] {
    switch command.prefix(4) {
    case "CAPA":
      let capabilities = POP3Capabilities(POP3Listing.lines(text))
      var lines = ["= capabilities \(capabilities.names.joined(separator: ", "))"]
      if !capabilities.mechanisms.isEmpty {
        lines.append("= mechanisms \(capabilities.mechanisms.joined(separator: ", "))")
      }
      return lines
    case "LIST":
      let rows = POP3Listing.sizes(text).sorted { $0.key < $1.key }
      return ["= list " + rows.map { "\($0)=\($1)" }.joined(separator: " ")]
    case "UIDL":
      let rows = POP3Listing.uniqueIDs(text).sorted { $0.key < $1.key }
      return ["= uidl " + rows.map { "\($0)='\(shown($1))'" }.joined(separator: " ")]
    default: return ["= text '\(shown(text))'"]
    }
  }
}

/// Reads a transcript with a framer, as a session would.
struct POP3Reading {
  private var framer = POP3Framer()
  private var texts: Bool
  private let command: String
  private var isInText = false
  private(set) var lines: [String] = []

  init(_ command: String) {
    self.command = command
    texts = ["CAPA", "LIST", "UIDL", "RETR"].contains(String(command.prefix(4)))
  }

  var isEmpty: Bool { framer.isEmpty && !isInText }

  mutating func feed(_ bytes: ArraySlice<UInt8>) throws {
    framer.feed(bytes)
    while true {
      if isInText {
        guard case .bytes(let text)? = framer.text(limit: 1 << 20) else { return }
        isInText = false
        lines += POP3Text.shown(text, of: command)
      } else {
        guard let line = try framer.line() else { return }
        guard let reply = POP3Reply(line: line) else {
          lines.append("! no answer")
          continue
        }
        if case .positive = reply, texts {
          isInText = true
        } else {
          lines.append(POP3Text.shown(reply))
        }
      }
    }
  }
}

@Suite struct POP3TranscriptTests {
  @Test func thereAreTranscripts() { #expect(POP3Transcript.all.count >= 9) }

  private func read(
    _ transcript: POP3Transcript, _ pieces: (ArraySlice<UInt8>) -> [ArraySlice<UInt8>]
  ) throws -> [String] {
    var lines: [String] = []
    for part in transcript.parts {
      var reading = POP3Reading(part.command)
      for piece in pieces(part.bytes[...]) { try reading.feed(piece) }
      #expect(reading.isEmpty, "\(transcript.name): \(part.command)")
      lines += reading.lines
    }
    return lines
  }

  @Test(arguments: POP3Transcript.all)
  func isUnderstoodWhole(_ transcript: POP3Transcript) throws {
    #expect(try read(transcript) { [$0] } == transcript.expected)
  }

  @Test(arguments: POP3Transcript.all)
  func isUnderstoodByteByByte(_ transcript: POP3Transcript) throws {
    #expect(
      try read(transcript) { bytes in bytes.indices.map { bytes[$0...$0] } }
        == transcript.expected)
  }

  @Test(arguments: POP3Transcript.all)
  func isUnderstoodSplitAnywhere(_ transcript: POP3Transcript) throws {
    let longest = transcript.parts.map(\.bytes.count).max() ?? 0
    for split in 0...longest {
      let lines = try read(transcript) { bytes in
        [bytes.prefix(split), bytes.dropFirst(split)]
      }
      #expect(lines == transcript.expected, "split at \(split)")
    }
  }
}
