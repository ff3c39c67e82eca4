// mailmove: that others can read what we write.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import MailWire
import Testing

/// The programs come with scripts/install-packages; without them these tests fail.
@Suite("Read without mailmove, a segment")
struct ForeignToolTests {
  private let folder: TemporaryFolder
  private let entries: [ArchiveEntry]
  /// Some entries with their place: byte of the member, its length, byte in the text, length.
  private let places: [(entry: ArchiveEntry, off: Int, clen: Int, at: Int, len: Int)]

  /// A segment `mail.mbox.gz` of members with up to seven entries.
  init() throws {
    folder = try TemporaryFolder()
    var mail = UnkindMail()
    var entries: [ArchiveEntry] = []
    var places: [(entry: ArchiveEntry, off: Int, clen: Int, at: Int, len: Int)] = []
    var file: [UInt8] = []
    for index in 0..<250 {
      let group = (0...(index % 7)).map { _ in mail.entry() }
      let texts = group.map { $0.encoded() }
      let member = GzipMember.build(.mail, texts.flatMap { $0 })
      if index % 12 == 0 {
        let at = texts.dropLast().reduce(0) { $0 + $1.count }
        places.append(
          (group[group.count - 1], file.count, member.count, at, texts.last?.count ?? 0))
      }
      entries += group
      file += member
    }
    self.entries = entries
    self.places = places
    try Data(file).write(to: URL(fileURLWithPath: folder.file("mail.mbox.gz")))
    try Data(ArchiveReadme.program.utf8).write(to: URL(fileURLWithPath: folder.file("check.py")))
  }

  private func run(_ line: String) throws -> String { try Shell.run(line, in: folder.path) }

  @Test("is whole for gzip, and counted right by zcat and grep")
  func gzip() throws {
    #expect(try run("gzip -t mail.mbox.gz") == "")
    #expect(try run("zcat mail.mbox.gz | LC_ALL=C grep -ac '^From '") == "\(entries.count)")
  }

  @Test("gives every message back to the program in the README")
  func readmeProgram() throws {
    let lines = try run("python3 check.py mail.mbox.gz").split(separator: "\n")
    #expect(lines.count == entries.count)
    #expect(lines.allSatisfy { $0.hasPrefix("True ") })
    #expect(ArchiveReadme.text.hasSuffix(ArchiveReadme.program + "\n"))
  }

  @Test("is seen damaged by the program in the README when it is")
  func readmeProgramSeesDamage() throws {
    let text = entries[0].encoded()
    let other = Array(String(decoding: text.prefix(40), as: UTF8.self).utf8) + text.dropFirst(40)
    #expect(other == text)
    let wrong = ArchiveEntry(
      message: Array("x".utf8), digest: SHA256Digest(of: Array("y".utf8)), date: entries[0].date,
      source: entries[0].source, flags: .none)
    let file = GzipMember.build(.mail, wrong.encoded())
    try Data(file).write(to: URL(fileURLWithPath: folder.file("wrong.mbox.gz")))
    #expect(try run("python3 check.py wrong.mbox.gz").hasPrefix("False "))
  }

  @Test("has as many messages for Python's gzip and mailbox")
  func pythonMailbox() throws {
    let program = """
      import gzip, mailbox
      open("plain.mbox", "wb").write(gzip.open("mail.mbox.gz").read())
      box = mailbox.mbox("plain.mbox")
      print(len(box), sum(str(message["Status"])[:2] == "RO" for message in box))
      """
    let seen = entries.filter { $0.flags.system.contains(.seen) }.count
    #expect(try run("python3 -c '\(program)'") == "\(entries.count) \(seen)")
  }

  @Test("gives single messages to tail, head, zcat and sed")
  func coreutils() throws {
    for place in places {
      let show =
        "tail -c +\(place.off + 1) mail.mbox.gz | head -c \(place.clen) | zcat"
        + " | tail -c +\(place.at + 1) | head -c \(place.len)"
      let lines = """
        \(show) > entry
        n=$(sed -n '2s/.*lines=\\([0-9]*\\).*/\\1/p' entry)
        s=$(sed -n '2s/.*size=\\([0-9]*\\).*/\\1/p' entry)
        r='s/$/\\r/'
        if sed -n 2p entry | grep -q eol=raw; then r=; fi
        tail -n +$((n+2)) entry | LC_ALL=C sed 's/^>\\(>*From \\)/\\1/' | LC_ALL=C sed "$r" \
        | head -c $s | sha256sum
        """
      #expect(try run(lines).hasPrefix(place.entry.digest.description))
    }
  }

  /// mutt takes a NUL for the end of what it has read of a line, joins the next one to it, and may
  /// so miss the end of a header. It believes a Content-Length that leads to anything like the
  /// beginning of a message. Nothing that is done here could help either.
  @Test("opens in mutt with as many messages, but for two things that mutt stumbles over")
  func mutt() throws {
    let readable = entries.filter { entry in
      !entry.message.contains(0)
        && !String(decoding: entry.message, as: UTF8.self).contains("Content-Length")
    }
    #expect(readable.count > entries.count / 4)
    let file = readable.flatMap { GzipMember.build(.mail, $0.encoded()) }
    try Data(file).write(to: URL(fileURLWithPath: folder.file("readable.mbox.gz")))
    #expect(try Mutt.copied("readable.mbox.gz", in: folder).count == readable.count)
  }

  @Test("shows mutt the flags")
  func muttFlags() throws {
    let file = (0..<32).flatMap { flags in
      GzipMember.build(
        .mail,
        ArchiveEntry(
          message: Array("Subject: flags\r\n\r\nx\r\n".utf8), date: entries[0].date,
          source: entries[0].source, flags: FlagSet(system: SystemFlags(rawValue: UInt8(flags)))
        ).encoded())
    }
    try Data(file).write(to: URL(fileURLWithPath: folder.file("flags.mbox.gz")))
    let names = try Mutt.copied("flags.mbox.gz", in: folder)
    let letters = names.map(Mutt.letters)
    #expect(letters.count == 32)
    for letter in "SRF" {
      #expect(letters.filter { $0.contains(letter) }.count == 16, "\(letter)")
    }
  }
}
