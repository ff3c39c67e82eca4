// mailmove: tests of archive check.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite("mailmove archive check")
struct ArchiveCheckTests {
  private let sample: ArchiveSample

  init() async throws { sample = try await ArchiveSample() }

  /// The head is another one for each archive.
  private func withoutHead(_ text: String) -> String {
    text.replacing(/[0-9a-f]{64}/, with: "HEAD")
  }

  @Test(
    "of a whole archive says so in one line, with the head",
    arguments: [
      ([], "3 of them read (954 B)"), (["--deep"], "3 of them read (954 B), 5 messages"),
    ])
  func whole(options: [String], what: String) async throws {
    let said = await sample.run(["check", "ARCHIVE"] + options)
    #expect(said.status == .success)
    #expect(
      withoutHead(said.output)
        == "the archive is as it was written; 3 segments, \(what); archive head 3 sha256:HEAD\n")
    #expect(said.output.contains(try head()))
    #expect(said.errors.isEmpty)
    for options in [[], ["--quick"], ["--deep"], ["--part", "2/3"]] {
      let quiet = await sample.run(["check", "ARCHIVE", "-q"] + options)
      #expect(quiet.status == .success)
      #expect(quiet.output.isEmpty && quiet.errors.isEmpty)
    }
  }

  private func head() throws -> String {
    let url = URL(fileURLWithPath: sample.path + "/HEAD")
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    return String(try #require(text.firstMatch(of: /[0-9a-f]{64}/)).output)
  }

  @Test("is refused its record while another run is writing, and still tells")
  func lockedArchive() async throws {
    try sample.damageSegment()
    let writer = try await ArchiveWriter.open(at: sample.path)
    let said = await sample.run(["check", "ARCHIVE", "--record"])
    #expect(said.status == .locked)
    #expect(said.output.contains("lost: Work/Old, UID 1"))
    #expect(
      said.errors.hasSuffix(
        "mailmove: another run is writing to the archive: TMP/archive\n"
          + "  wait for the other run to end\n"))
    await writer.abandon()
  }

  @Test("finds a flipped bit and says which messages are lost and what to do")
  func flippedBit() async throws {
    try sample.damageSegment()
    for (options, messages) in [([], 2), (["-q"], 2), (["--deep"], 5)] {
      let said = await sample.run(["check", "ARCHIVE"] + options)
      #expect(said.status == .differences)
      #expect(
        withoutHead(said.output) == """
          found: segments/2020/00000002.mbox.gz: its SHA-256 is not what was committed
          found: segments/2020/00000002.mbox.gz at byte 0: message 4: its member is damaged
          found: segments/2020/00000002.mbox.gz at byte 0: message 5: its member is damaged
          lost: Work/Old, UID 1, 23 B (me@example.org)
          lost: bad[31mname, UID 1, 26 B (me@example.org)
          not as it was written: 3 findings; 3 segments, 3 of them read (954 B), \
          \(messages) messages; archive head 3 sha256:HEAD

          """)
      #expect(
        said.errors == """
            segment: \(DamageText.remedy(.segment))
            message: \(DamageText.remedy(.message))

          """)
    }
    #expect(await sample.run(["check", "ARCHIVE", "--quick"]).status == .success)
  }

  @Test("tells programs what it found")
  func json() async throws {
    try sample.damageSegment()
    let said = await sample.run(["check", "ARCHIVE", "--json"])
    #expect(said.status == .differences)
    #expect(
      withoutHead(said.output) == #"""
        {"schema":1,"event":"check","time":"2026-03-01T12:00:00Z","exit":6,"level":"files",\#
        "commit":3,"head":"HEAD","segments":3,"segments_read":3,"bytes_read":954,\#
        "messages_read":2,"findings":[\#
        {"part":"segment","path":"segments/2020/00000002.mbox.gz","offset":null,\#
        "detail":"its SHA-256 is not what was committed"},\#
        {"part":"message","path":"segments/2020/00000002.mbox.gz","offset":0,\#
        "detail":"message 4: its member is damaged"},\#
        {"part":"message","path":"segments/2020/00000002.mbox.gz","offset":0,\#
        "detail":"message 5: its member is damaged"}],"healed":[],\#
        "lost":[{"message":4,"account":"me@example.org","folder":"Work/Old","uid":1,"size":23},\#
        {"message":5,"account":"me@example.org","folder":"bad\u001b[31m\u202ename","uid":1,\#
        "size":26}],"recorded":0}

        """#)
    #expect(said.errors.isEmpty)
  }

  @Test("puts damage on record where that is asked for, once")
  func recording() async throws {
    try sample.damageSegment()
    let first = await sample.run(["check", "ARCHIVE", "--record"])
    #expect(first.status == .differences)
    #expect(first.errors.hasSuffix("2 damaged messages put on record\n"))
    let second = await sample.run(["check", "ARCHIVE", "--record"])
    #expect(second.status == .differences)
    #expect(!second.errors.contains("put on record\n"))
    #expect(second.output.contains("lost: Work/Old, UID 1, 23 B (me@example.org)\n"))
    let listed = await sample.run(["ls", "ARCHIVE", "Work/Old"])
    #expect(listed.output.contains("(damaged)"))
  }

  @Test("finds a journal that is damaged, with or without a catalog")
  func damagedJournal() async throws {
    try sample.flipBit(of: "journal/00000001.jsonl.gz", at: 100)
    let said = await sample.run(["check", "ARCHIVE"])
    #expect(said.status == .differences)
    #expect(
      said.output == """
        found: journal/00000001.jsonl.gz at byte 0: a commit is broken, and a whole one follows it
        not as it was written: 1 finding; 3 segments, 3 of them read (954 B)

        """)
    #expect(said.errors == "  journal: \(DamageText.remedy(.journal))\n")
    try sample.remove("catalog.sqlite")
    #expect(await sample.run(["check", "ARCHIVE"]).status == .differences)
    let listed = await sample.run(["ls", "ARCHIVE"])
    #expect(listed.status == .localState)
    #expect(
      listed.errors == """
        mailmove: the archive is damaged: journal/00000001.jsonl.gz at byte 0: \
        a commit is broken, and a whole one follows it
          'mailmove archive check' tells what is wrong; nothing was changed

        """)
  }

  @Test("says what was mistaken")
  func mistaken() async throws {
    for (options, words) in [
      (["--quick", "--deep"], "--quick and --deep exclude each other"),
      (["--quick", "--part", "1/3"], "--part: --quick reads no segments"),
      (["--quick", "--record"], "--record: --quick looks at no messages"),
      (["--part", "4/3"], "--part: expected a part such as 3/30, got '4/3'"),
    ] {
      let said = await sample.run(["check", "ARCHIVE"] + options)
      #expect(said.status == .usage)
      #expect(said.errors.contains(words))
    }
    let said = await sample.run(["check", "OUT"])
    #expect(said.status == .localState)
    #expect(said.errors == "mailmove: there is no such archive: TMP/out\n  check the path\n")
  }
}
