// mailmove: tests of whom a ledger belongs to.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SQLiteJournal
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct JobIdentityTests {
  private let folder: TemporaryFolder
  private static let restore = ["archive:/srv/mail", "imaps://alice@new.example.org"]
  private static let fill = ["imaps://alice@old.example.org", "archive:/srv/mail"]

  init() throws { folder = try TemporaryFolder() }

  private func job(_ arguments: [String]) async throws -> Job {
    let engine = FakeEngine()
    let recorder = Recorder([
      "HOME": folder.path, "MAILMOVE_SOURCE_PASSWORD": "hunter2",
      "MAILMOVE_TARGET_PASSWORD": "hunter3",
    ])
    _ = await MailMoveCommand.run(["sync"] + arguments, recorder.surroundings, engine: engine)
    return try #require(engine.job, "\(recorder.errors)")
  }

  @Test func twoAccountsOfOneArchiveHaveLedgersOfTheirOwn() async throws {
    for (addresses, option) in [
      (Self.restore, "--source-account"), (Self.fill, "--target-account"),
    ] {
      var ledgers: Set<String> = []
      for more in [[], [option, "ann@example.org"], [option, "bob@example.org"]] {
        ledgers.insert(try await job(addresses + more).ledger)
      }
      #expect(ledgers.count == 3, "\(ledgers)")
    }
  }

  @Test func aLedgerThatHasNoLabelKeepsItsName() async throws {
    #expect(
      try await job(Self.restore).ledgerName.description
        == "archive-srv-mail--alice-new.example.org-243be01a")
    #expect(
      try await job(Self.fill).ledgerName.description
        == "alice-old.example.org--archive-srv-mail-13640360")
  }

  @Test func anArchiveHasOneFormOfItsPath() async throws {
    let plain = try await job(Self.fill)
    let source = Self.fill[0]
    for path in ["/srv/mail/", "///srv//mail", "/srv/./mail/", "/srv/other/../mail"] {
      let other = try await job([source, "archive:" + path])
      #expect(other.identity == plain.identity && other.ledger == plain.ledger, "\(path)")
    }
    let real = folder.path + "/disk/mail"
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: "disk")
    let direct = try await job([source, "archive:" + real])
    let linked = try await job([source, "archive:\(folder.path)/link/mail"])
    // Also while the link leads to nothing.
    #expect(linked.identity == direct.identity && linked.ledger == direct.ledger)
    #expect(ArchivePath.resolved("/") == "/" && ArchivePath.resolved("/../..") == "/")
  }

  @Test func theLabelThatMailGetsAnywayMakesNoOtherJob() async throws {
    let plain = try await job(Self.fill)
    let named = try await job(Self.fill + ["--target-account", "alice@old.example.org"])
    #expect(named.identity == plain.identity)
    #expect(named.ledger == plain.ledger)
  }

  @Test func aConfiguredJobWhoseLabelChangesIsAnotherPair() async throws {
    var identities: [JobIdentity] = []
    for label in ["", "    source-account: ann@example.org\n"] {
      _ = try folder.file(
        ".config/mailmove/config.yaml",
        """
        version: 1
        jobs:
          back:
            source: archive:/srv/mail
            target: imaps://alice@new.example.org

        """ + label)
      let job = try await job(["back"])
      #expect(job.ledgerName.description == "back")
      identities.append(job.identity)
    }
    #expect(identities[0] != identities[1])
    #expect(identities[1].source == "ann@example.org in archive:/srv/mail")
  }
}
