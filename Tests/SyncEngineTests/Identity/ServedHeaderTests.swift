// mailmove: tests of fingerprints against what servers hand out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import SyncEngine
import Testing

/// A message read whole and the header fields that a server gives for it have one fingerprint.
@Suite("The fingerprint of what servers hand out")
struct ServedHeaderTests {
  static let corpus: String? = {
    let named = ProcessInfo.processInfo.environment["MAILMOVE_CORPUS"]
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../shared/corpus").standardized.path
    return [named, beside].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/index.tsv")
    }
  }()

  /// What differs for a message, by server; empty where all is well.
  static func differences(_ message: [UInt8]) -> [String] {
    let whole = Fingerprint(of: message)
    let fields = Fingerprint.fields
    var found: [String] = []
    if ServedHeader.endsAlikeAtDovecot(message) {
      let stored = ServedHeader.storedByDovecot(message)
      if Fingerprint(of: ServedHeader.ofDovecot(stored, fields)) != whole { found += ["Dovecot"] }
    }
    if ServedHeader.readsAlikeAtCyrus(message, fields) {
      let stored = ServedHeader.storedByCyrus(message)
      if Fingerprint(of: ServedHeader.ofCyrus(stored, fields)) != whole { found += ["Cyrus"] }
    }
    let header = Array(message[..<HeaderFields(message).bodyOffset])
    if Fingerprint(of: header) != whole { found += ["header alone"] }
    return found
  }

  @Test(.enabled(if: corpus != nil, "the corpus is absent"))
  func isThatOfRealMessages() throws {
    let sample = try SampleImport.read(try #require(Self.corpus))
    #expect(sample.messages.count > 1_900)
    for message in sample.messages {
      #expect(Self.differences(message.bytes) == [], "\(SHA256Digest(of: message.bytes))")
    }
  }

  @Test(arguments: [
    "Subject: w3\r\nno colon\r\n continued\r\n\r\nbody\r\n",
    "no colon\r\n continued\r\nSubject: w3\r\n\r\n",
    "From ann@example.org Tue Feb  3 09:07:00 2009\r\nFrom: Ann\r\n\r\n",
    ">From ann@example.org Tue Feb  3 09:07:00 2009\r\nSubject: x\r\n y\r\n\r\n",
    "Subject: a\u{0}b\r\n\r\n", "Subject: x\r\r\n\r\r\nSubject: body\r\n", "Subject : x\r\n\r\n",
    " folded\r\nSubject: x\r\n\r\n", "Subject: x\n\nSubject: y\n", "Subject: a\r\n \r\n b\r\n\r\n",
    ": x\r\nSubject: y\r\n\r\n", "Subject: caf\u{E9}\r\nSubject: two\r\n\r\n", "Subject: x", "",
    "\r\n",
  ])
  func isThatOfOddHeaders(_ message: String) {
    #expect(Self.differences(Array(message.utf8)) == [])
  }

  @Test func isThatOfAHeaderOfMegabytes() {
    let many = (0..<60_000).map { "\"Somebody\" <a\($0)@example.org>" }.joined(separator: ",\r\n ")
    let message = Array("To: \(many)\r\nSubject: behind it\r\n\r\nbody\r\n".utf8)
    #expect(message.count > 1 << 20)
    #expect(Self.differences(message) == [])
    #expect(HeaderFields(message).value(of: "Subject") == Array("behind it".utf8))
  }

  @Test func isThatOfAnyHeader() {
    var random = SeededGenerator.printingSeed()
    let pieces = [
      "Subject", "From", "Date", "Message-ID", "X-A", ":", ": ", " :", "\r\n", "\r\n ", "\r\n\t",
      "\n", "\r", "\r\r\n", "\r\n\r\n", "a", "b c", " ", "\t", "\u{E9}", "\u{0}", "\u{1}",
      "From a@b Mon Jan 1 00:00:00\r\n", "no colon\r\n", "\r\nSubject: one", "\r\nFrom: two",
    ]
    for _ in 0..<20_000 {
      let text = (0..<random.number(1...30)).map { _ in random.pick(pieces) }.joined()
      let message = Array(text.utf8)
      #expect(Self.differences(message) == [], "\(text.debugDescription)")
    }
  }
}
