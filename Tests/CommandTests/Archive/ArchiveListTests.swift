// mailmove: tests of archive ls and archive cat.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailWire
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite("mailmove archive ls and cat")
struct ArchiveListTests {
  private let sample: ArchiveSample

  init() async throws { sample = try await ArchiveSample() }

  @Test("list accounts and folders with counts, sizes and days, INBOX first")
  func folders() async throws {
    let said = await sample.run(["ls", "ARCHIVE"])
    #expect(said.status == .success)
    #expect(
      said.output == """
        account          folder       messages  size  from        to
        me@example.org   INBOX               2  75 B  2019-02-12  2019-02-12
        me@example.org   Work/Old            1  23 B  2020-05-20  2020-05-20
        me@example.org   bad[31mname         1  26 B  2020-05-20  2020-05-20
        you@example.net  INBOX               1  40 B  2019-02-12  2019-02-12
        5 messages (164 B) in 4 folders of 2 accounts; all segments take 954 B, commit 3

        """)
    #expect(
      said.errors == "1 message that vanished at the source not listed; --all lists them too\n")
  }

  @Test("count vanished messages where that is asked for")
  func vanished() async throws {
    let said = await sample.run(["ls", "archive:ARCHIVE", "--all", "--account", "me@example.org"])
    #expect(said.status == .success)
    #expect(
      said.output == """
        account         folder       messages  size  vanished  from        to
        me@example.org  INBOX               3  99 B         1  2019-02-12  2019-06-08
        me@example.org  Work/Old            1  23 B         0  2020-05-20  2020-05-20
        me@example.org  bad[31mname         1  26 B         0  2020-05-20  2020-05-20
        5 messages (148 B) in 3 folders of 1 account; all segments take 954 B, commit 3

        """)
    #expect(said.errors.isEmpty)
  }

  @Test("list the messages of a folder, whatever stands between its levels")
  func messages() async throws {
    let said = await sample.run(
      ["ls", "ARCHIVE", "inbox", "--account", "me@example.org", "--all"])
    #expect(
      said.output == """
        uid  date                       size  flags
          1  2019-02-12 20:33 +0100     40 B  \\Flagged \\Seen $Work
          2  (no date)                  35 B
          3  2019-06-08 13:20 +0000     24 B  (vanished)

        """)
    for name in ["Work/Old", "Work.Old"] {
      #expect(
        await sample.run(["ls", "ARCHIVE", name]).output == """
          uid  date                       size  flags
            1  2020-05-20 13:10 -0530     23 B

          """)
    }
    let present = await sample.run(["ls", "ARCHIVE", "INBOX", "--account", "me@example.org"])
    #expect(!present.output.contains("vanished"))
  }

  @Test("survive dates that no calendar has", arguments: [Int64.min, .max])
  func impossibleDate(seconds: Int64) async throws {
    try await sample.addMessage(at: seconds, zone: seconds < 0 ? -60 : 60)
    let arguments = ["ls", "ARCHIVE", "INBOX", "--account", "you@example.net"]
    let said = await sample.run(arguments)
    #expect(said.status == .success)
    #expect(said.output.split(separator: "\n").count == 3)
    #expect(await sample.run(arguments + ["--json"]).status == .success)
    #expect(await sample.run(["ls", "ARCHIVE"]).status == .success)
  }

  @Test("tell programs the same in JSON, an object a line")
  func json() async throws {
    let said = await sample.run(["ls", "ARCHIVE", "--json"])
    let lines = said.output.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(
      lines.first == #"""
        {"schema":1,"event":"folder","time":"2026-03-01T12:00:00Z",\#
        "account":"me@example.org","folder":"INBOX","role":"\\Inbox",\#
        "uidvalidity":1700000000,"uidnext":4,"messages":2,"bytes":75,"vanished":1,\#
        "from":"2019-02-12T19:33:20Z","to":"2019-02-12T19:33:20Z"}
        """#)
    #expect(
      lines.last?.hasPrefix(
        #"""
        {"schema":1,"event":"archive","time":"2026-03-01T12:00:00Z",\#
        "accounts":["me@example.org","you@example.net"],"folders":4,"messages":5,\#
        "bytes":164,"vanished":1,"bytes_on_disk":954,"commit":3,"head":"
        """#) == true)
    let messages = await sample.run(["ls", "ARCHIVE", "Work/Old", "--json"])
    #expect(
      messages.output == #"""
        {"schema":1,"event":"message","time":"2026-03-01T12:00:00Z",\#
        "account":"me@example.org","folder":"Work/Old","uidvalidity":1700000000,"uid":1,\#
        "sha256":"\#(SHA256Digest(of: ArchiveSample.work))","size":23,\#
        "date":"2020-05-20T13:10:00-05:30","flags":[],"labels":[],"vanished":false,\#
        "damaged":false}

        """#)
  }

  @Test("give the exact bytes and nothing else, to a terminal too", arguments: [false, true])
  func exactBytes(isWatched: Bool) async throws {
    let me = ["--account", "me@example.org"]
    for (uid, bytes) in [(1, ArchiveSample.first), (2, ArchiveSample.odd)] {
      let said = await sample.run(["cat", "ARCHIVE", "INBOX", "\(uid)"] + me, isWatched: isWatched)
      #expect(said.status == .success)
      #expect(said.delivered == bytes)
      #expect(said.output.isEmpty && said.errors.isEmpty)
    }
    let vanished = await sample.run(["cat", "ARCHIVE", "INBOX", "3"] + me)
    #expect(SHA256Digest(of: vanished.delivered) == SHA256Digest(of: ArchiveSample.gone))
  }

  @Test("find a message by its SHA-256, in any case")
  func byDigest() async throws {
    let digest = "\(SHA256Digest(of: ArchiveSample.odd))"
    for text in [digest, digest.uppercased()] {
      let said = await sample.run(["cat", "ARCHIVE", "--sha256", text])
      #expect(said.status == .success)
      #expect(said.delivered == ArchiveSample.odd)
    }
  }

  /// Arguments, and what is said about them.
  static let mistakes: [([String], String)] = [
    (
      ["ls", "ARCHIVE", "INBOX"],
      """
      mailmove: several accounts have a folder 'INBOX'
        choose one with --account: me@example.org, you@example.net
      """
    ),
    (
      ["ls", "ARCHIVE", "Wrok/Old"],
      """
      mailmove: the archive holds no folder 'Wrok/Old'
        did you mean 'Work/Old'?
      """
    ),
    (
      ["ls", "ARCHIVE", "no\u{1B}[1mthing"],
      """
      mailmove: the archive holds no folder 'no[1mthing'
        'mailmove archive ls TMP/archive' lists the folders
      """
    ),
    (
      ["ls", "ARCHIVE", "--account", "me@exampel.org"],
      """
      mailmove: the archive holds no account 'me@exampel.org'
        did you mean 'me@example.org'?
      """
    ),
    (
      ["ls", "imaps://me@example.org"],
      """
      mailmove: an account at a server is no archive
        give the archive's folder, as /path or archive:/path
      """
    ),
    (
      ["ls", "archive:relative"],
      "mailmove: an archive needs the full path; write archive:/path/to/archive"
    ),
    (
      ["cat", "ARCHIVE", "Work/Old"],
      """
      mailmove: the message is missing
        give its folder and its UID, or --sha256
      """
    ),
    (
      ["cat", "ARCHIVE", "Work/Old", "0"],
      "mailmove: expected the UID of a message, got '0'"
    ),
    (
      ["cat", "ARCHIVE", "Work/Old", "7"],
      """
      mailmove: there is no message 7 in Work/Old
        'mailmove archive ls TMP/archive Work/Old --all' lists its messages
      """
    ),
    (
      ["cat", "ARCHIVE", "Work/Old", "1", "--sha256", "00"],
      """
      mailmove: --sha256 and a folder exclude each other
        give only one of them
      """
    ),
    (["cat", "ARCHIVE", "--sha256", "00"], "mailmove: --sha256: expected 64 hexadecimal digits"),
    (
      ["cat", "ARCHIVE", "--sha256", String(repeating: "0", count: 64)],
      "mailmove: the archive holds no message with that SHA-256"
    ),
  ]

  @Test("say what was mistaken and how it is done", arguments: mistakes)
  func mistaken(arguments: [String], words: String) async throws {
    let said = await sample.run(arguments)
    #expect(said.status == .usage)
    #expect(said.errors == words + "\n")
    #expect(said.output.isEmpty && said.delivered.isEmpty)
  }

  @Test("end with 7 where there is no archive")
  func missing() async throws {
    for command in [["ls", "OUT"], ["cat", "OUT", "INBOX", "1"]] {
      let said = await sample.run(command)
      #expect(said.status == .localState)
      #expect(said.errors == "mailmove: there is no such archive: TMP/out\n  check the path\n")
    }
  }

  @Test("give out nothing of a damaged message")
  func damaged() async throws {
    try sample.damageSegment()
    let said = await sample.run(["cat", "ARCHIVE", "Work/Old", "1"])
    #expect(said.status == .localState)
    #expect(said.delivered.isEmpty)
    #expect(
      said.errors == """
        mailmove: the archive is damaged: segments/2020/00000002.mbox.gz at byte 0: \
        message 4: its member is damaged
          'mailmove archive check' tells what is wrong; nothing was changed

        """)
  }
}
