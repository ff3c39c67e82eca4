// mailmove: the sample account keeps its promises.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

@Suite struct SampleMailboxTests {
  @Test func theSameSeedGivesTheSameBytes() {
    let first = SampleMailbox.messages(count: 60, seed: 7)
    #expect(first == SampleMailbox.messages(count: 60, seed: 7))
    #expect(first != SampleMailbox.messages(count: 60, seed: 8))
  }

  @Test func holdsEverythingAnOldAccountHolds() {
    let sample = SampleMailbox()
    let messages = sample.messages
    #expect(messages.count >= 500)
    #expect(sample.folders.count >= 12)
    #expect(Set(messages.map(\.mailbox)).count >= 12)
    #expect(Set(messages.map(\.mailbox)).isSubset(of: Set(sample.folders.map(\.path))))
    let flags = Set(messages.flatMap(\.flags))
    #expect(
      flags.isSuperset(of: [
        "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "$Forwarded", "$MDNSent",
        "NonJunk", "Wichtig",
      ]))
    #expect(messages.contains { $0.internalDate == " 1-Jan-1995 00:00:00 +0000" })
    #expect(messages.contains { $0.internalDate == "29-Feb-2012 23:59:59 +0545" })
    #expect(messages.contains { $0.bytes.count > 1_000_000 })
    #expect(messages.contains { !$0.bytes.suffix(2).elementsEqual([13, 10]) })
    #expect(Dictionary(grouping: messages, by: \.self).values.contains { $0.count > 1 })
    let bytes = messages.reduce(0) { $0 + $1.bytes.count }
    #expect(bytes < 64 << 20)
  }

  @Test func aFolderOfFilesBecomesMailboxes() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/sample-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: "\(folder)/Reise/Rom", withIntermediateDirectories: true)
    try "Subject: a\n\nb\r\n".write(toFile: "\(folder)/1.eml", atomically: true, encoding: .utf8)
    try "Subject: c\r\n".write(
      toFile: "\(folder)/Reise/Rom/2.EML", atomically: true, encoding: .utf8)
    try "no mail".write(toFile: "\(folder)/notes.txt", atomically: true, encoding: .utf8)
    let sample = try SampleImport.read(folder)
    #expect(sample.messages.map(\.mailbox) == ["INBOX", "Reise/Rom"])
    #expect(sample.messages[0].bytes == Array("Subject: a\r\n\r\nb\r\n".utf8))
    #expect(sample.messages[1].bytes == Array("Subject: c\r\n".utf8))
  }

  @Test func anMboxIsSplitAtItsEnvelopesOnly() throws {
    let file = FileManager.default.temporaryDirectory.path + "/sample-\(UUID().uuidString).mbox"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let mbox = """
      From hanna@alt.example Thu Nov 24 18:22:48 2011
      Subject: one

      From here on: no envelope follows a full line.
      From here neither.
      >From stays.

      From paul Fri Feb 29 01:02:03 2008
      Subject: two

      last

      """
    try mbox.write(toFile: file, atomically: true, encoding: .utf8)
    #expect(throws: LabError.self) { try SampleImport.read(file + ".missing") }
    let messages = try SampleImport.read(file).messages
    try #require(messages.count == 3)
    #expect(messages[0].internalDate == "24-Nov-2011 18:22:48 +0000")
    #expect(messages[2].internalDate == "29-Feb-2008 01:02:03 +0000")
    #expect(messages[2].bytes == Array("Subject: two\r\n\r\nlast\r\n".utf8))
  }
}
