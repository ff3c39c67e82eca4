// mailmove: moving mailboxes between real servers.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

@Suite("Moving a mailbox between real servers", .serialized)
struct MigrationTests {
  /// A kind of old server and a kind of new one.
  struct Pairing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var old = DovecotOptions()
    var new = DovecotOptions()
    var usesStartTLS = false
  }

  /// What is left when a server has no extension at all.
  static let plain = "IMAP4rev1 AUTH=PLAIN"

  static let pairings: [Pairing] = {
    var courierLike = DovecotOptions()
    courierLike.delimiter = "."
    courierLike.prefix = "INBOX."
    courierLike.storage = .maildir
    var modern = DovecotOptions()
    modern.specialMailboxes = DovecotOptions.englishSpecialMailboxes
    var bare = DovecotOptions()
    bare.capabilities = plain
    var dots = DovecotOptions()
    dots.delimiter = "."
    var withoutGroups = DovecotOptions()
    withoutGroups.capabilities = plain + " UIDPLUS LITERAL- CONDSTORE NAMESPACE"
    var compressed = DovecotOptions()
    compressed.capabilities =
      "IMAP4rev1 SASL-IR LITERAL+ AUTH=SCRAM-SHA-256 MULTIAPPEND COMPRESS=DEFLATE UIDPLUS"
      + " LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE"
    return [
      Pairing(testDescription: "old prefix layout to modern", old: courierLike, new: modern),
      Pairing(testDescription: "modern to old prefix layout", old: modern, new: courierLike),
      Pairing(testDescription: "plain IMAP4rev1 on both sides", old: bare, new: bare),
      Pairing(
        testDescription: "dots to slashes, STARTTLS", old: dots, new: modern,
        usesStartTLS: true),
      Pairing(testDescription: "no MULTIAPPEND, LITERAL-", old: modern, new: withoutGroups),
      Pairing(testDescription: "SCRAM and compression", old: compressed, new: compressed),
    ]
  }()

  @Test(arguments: pairings)
  func everyMessageArrivesOnceWithBytesFlagsAndDate(_ pairing: Pairing) throws {
    let bench = try Bench(old: pairing.old, new: pairing.new)
    bench.usesStartTLS = pairing.usesStartTLS
    try LabClient(bench.old).fill(with: SampleMailbox(count: 160, seed: 11))
    let more = pairing.testDescription.contains("compression") ? ["--compress"] : []

    let first = try bench.run("sync", more)
    #expect(first.exit == 0, "\(first.errors)")
    #expect(first.output.contains("160 messages copied"), "\(first.output)")
    #expect(try bench.difference() == [])

    let verified = try bench.run("verify", ["--level", "bytes"])
    #expect(verified.exit == 0, "\(verified.output)\(verified.errors)")
    let again = try bench.run("sync", ["--full"])
    #expect(
      again.output.contains("0 messages copied (0 B), 0 already there")
        || again.output.contains("0 messages copied, 0 already there"), "\(again.output)")
    #expect(try bench.difference() == [])
  }

  @Test func aLostLedgerCopiesNothingTwice() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 120, seed: 5))
    #expect(try bench.run("sync").exit == 0)
    try bench.forgetLedger()
    let again = try bench.run("sync")
    #expect(again.exit == 0, "\(again.errors)")
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    #expect(again.output.contains("120 already there"), "\(again.output)")
    #expect(try bench.difference() == [])
  }

  @Test func aLaterRunCarriesNewMailAndFlagsAndLeavesTheTargetsOwnChanges() throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    let sample = SampleMailbox.messages(count: 40, seed: 9).filter {
      !$0.flags.contains("\\Deleted")
    }
    let letters = sample.prefix(6).map {
      SampleMessage(
        bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: "INBOX")
    }
    try old.append(Array(letters), to: "INBOX")
    #expect(try bench.run("sync").exit == 0)

    _ = try old.select("INBOX")
    try old.store(uids: [1], "+FLAGS (\\Seen Important)")
    try old.append(
      [
        SampleMessage(
          bytes: letters[0].bytes, flags: ["\\Flagged"],
          internalDate: letters[0].internalDate, mailbox: "INBOX")
      ], to: "INBOX")
    let new = try LabClient(bench.new)
    _ = try new.select("INBOX")
    try new.store(uids: [2], "+FLAGS (\\Answered)")

    let later = try bench.run("sync")
    #expect(later.exit == 0, "\(later.errors)")
    #expect(later.output.contains("1 message copied"), "\(later.output)")
    let flags = try LabClient(bench.new).messages(in: "INBOX").map { Set($0.flags) }
    #expect(flags.count == 7)
    #expect(flags[0].isSuperset(of: ["\\Seen", "Important"]))
    #expect(flags[1].contains("\\Answered"))
    #expect(flags[6].contains("\\Flagged"))

    try new.store(uids: [1], "-FLAGS (\\Seen)")
    #expect(try bench.run("sync", ["--full"]).exit == 0)
    let after = try LabClient(bench.new).messages(in: "INBOX").map { Set($0.flags) }
    #expect(!after[0].contains("\\Seen"), "the target's user marked it unread")
  }

  @Test func aFullTargetStopsAndARunWithMoreRoomGoesOn() throws {
    var small = DovecotOptions()
    small.quotaRule = "*:storage=200K"
    let bench = try Bench(new: small)
    try LabClient(bench.old).fill(with: SampleMailbox(count: 120, seed: 21))
    let full = try bench.run("sync")
    #expect(full.exit == 15, "\(full.output)\(full.errors)")
    #expect(full.errors.contains("make room"), "\(full.errors)")
    let status = try bench.run("plan")
    #expect(status.output.contains("less room left"), "\(status.output)")
  }

  @Test func oddNamesPasswordsAndMasterUsersWork() throws {
    var odd = DovecotOptions()
    odd.users = [.init(name: "jörg müller", password: "a \"quoted\\\" é{3}")]
    let bench = try Bench(old: odd)
    try LabClient(bench.old).append(
      Array(SampleMailbox.messages(count: 3, seed: 2)), to: "INBOX")
    let ended = try bench.run("sync")
    #expect(ended.exit == 0, "\(ended.errors)")
    #expect(ended.output.contains("3 messages copied"))
  }

  @Test func aWrongPasswordIsTriedOnceAndToldApart() throws {
    let bench = try Bench()
    let folder = bench.folder.path + "/wrong"
    try Data("not it\n".utf8).write(to: URL(fileURLWithPath: folder))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder)
    let ended = try bench.run("sync", ["--target-password-file", folder])
    #expect(ended.exit == 13, "\(ended.errors)")
    #expect(ended.errors.contains("the target server refused the login"), "\(ended.errors)")
    #expect(!ended.errors.contains("not it"))
    let log = try String(contentsOfFile: bench.new.logFile, encoding: .utf8)
    #expect(log.components(separatedBy: "auth failed, 1 attempts").count == 2, "\(log)")
  }

  @Test func theTraceHoldsNoPasswordAndNoMail() throws {
    let bench = try Bench()
    let canary = "canary in the coal mine"
    try LabClient(bench.old).append(
      [
        SampleMessage(
          bytes: Array("Subject: \(canary)\r\n\r\n\(canary)\r\n".utf8), flags: [],
          internalDate: "01-Feb-2003 04:05:06 +0000", mailbox: "INBOX")
      ], to: "INBOX")
    let ended = try bench.run("sync", ["-v"])
    #expect(ended.exit == 0)
    #expect(ended.errors.contains("C: ") && ended.errors.contains("S: "))
    for secret in [canary, bench.old.options.users[0].password] {
      #expect(!ended.errors.contains(secret))
      #expect(!ended.output.contains(secret))
    }
  }
}
