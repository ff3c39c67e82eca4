// mailmove: that an mbox shows the flags that the server had.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("The state of a message in an exported mbox")
struct MboxStateTests {
  private static func renamed(_ text: String) -> String {
    String(decoding: MboxState.disowned(Array(text.utf8)), as: UTF8.self)
  }

  /// Messages, and how they are exported.
  static let messages: [(String, String)] = [
    ("Status: RO\r\n\r\nx", "X-Original-Status: RO\r\n\r\nx"),
    (
      "A: b\nstatus : RO\nX-STATUS: AF\n\nStatus: RO\n",
      "A: b\nX-Original-status : RO\nX-Original-X-STATUS: AF\n\nStatus: RO\n"
    ),
    ("A: b\n Status: RO\n\nx", "A: b\n Status: RO\n\nx"),
    ("X-Keywords: a\n b\n\nx", "X-Original-X-Keywords: a\n b\n\nx"),
    (
      "A: b\rStatus: RO\r\r\nX-Status: D\r\n\r\nStatus: R",
      "A: b\rX-Original-Status: RO\r\r\nX-Original-X-Status: D\r\n\r\nStatus: R"
    ),
    (
      "X-Mozilla-Status2: 1\nX-Mozilla-Status: 9\n",
      "X-Original-X-Mozilla-Status2: 1\nX-Original-X-Mozilla-Status: 9\n"
    ),
    ("\nStatus: RO\n", "\nStatus: RO\n"), ("\r\nStatus: RO\n", "\r\nStatus: RO\n"),
    (
      "Statuses: RO\nX-Statu: A\nStatus\nStatus\n: x",
      "Statuses: RO\nX-Statu: A\nStatus\nStatus\n: x"
    ),
    (
      "no field\nX-UID: 7\nX-IMAPbase: 1 2",
      "no field\nX-Original-X-UID: 7\nX-Original-X-IMAPbase: 1 2"
    ),
    ("", ""), ("Status", "Status"), ("Status:", "X-Original-Status:"), ("\r", "\r"),
  ]

  @Test("is not what the message says of itself", arguments: messages)
  func renames(message: String, expected: String) { #expect(Self.renamed(message) == expected) }

  @Test("is what the server had, for Python and for mutt")
  func foreignTools() async throws {
    let folder = try TemporaryFolder()
    let own = [
      "Status: RO\r\nX-Status: AF\r\n", "X-Status: D\r\nStatus: O\r\n", "X-STATUS : T\r\n", "",
    ]
    let sink = try ExportFormat.mbox.sink(at: folder.file("out"))
    var expected: [String] = []
    for flags in 0..<32 {
      for (number, fields) in own.enumerated() {
        let system = SystemFlags(rawValue: UInt8(flags))
        let bytes = Array(
          ("From: a@example.org\r\n\(fields)Subject: \(flags) \(number)\r\n\r\nx\r\n").utf8)
        try await sink.add(
          ExportedMessage(
            bytes: bytes, digest: SHA256Digest(of: bytes), date: nil,
            flags: FlagSet(system: system), account: "me", folder: "box", delimiter: nil))
        let letters: [(SystemFlags, String)] = [
          (.seen, "R"), (.deleted, "D"), (.flagged, "F"), (.answered, "A"), (.draft, "T"),
        ]
        expected.append(
          letters.filter { system.contains($0.0) }.map(\.1).sorted().joined())
      }
    }
    try await sink.finish()
    let program = """
      import mailbox
      box = mailbox.mbox("out/me/box.mbox")
      print(",".join("".join(sorted(set(m.get_flags()) - {"O"})) for m in box))
      """
    #expect(
      try Shell.run("python3 -c '\(program)'", in: folder.path)
        == expected.joined(separator: ","))
    let names = try Mutt.copied("out/me/box.mbox", in: folder)
    #expect(names.count == expected.count)
    for (letter, flag) in [("S", "R"), ("R", "A"), ("F", "F")] {
      let count = names.filter { Mutt.letters(in: $0).contains(letter) }.count
      #expect(count == expected.filter { $0.contains(flag) }.count, "\(letter)")
    }
  }

  @Test("leaves every byte in the archive and in the other formats")
  func bytesStay() async throws {
    let bytes = Array("Status: RO\r\nX-Status: AF\r\n\r\nx\r\n".utf8)
    let message = ExportedMessage(
      bytes: bytes, digest: SHA256Digest(of: bytes), date: nil, flags: .none, account: "me",
      folder: "box", delimiter: nil)
    for format in [ExportFormat.maildir, .eml] {
      let storage = LateStorage()
      let sink = try format.sink(in: storage)
      try await sink.add(message)
      try await sink.finish()
      #expect(Array(storage.files.values) == [bytes])
    }
  }
}
