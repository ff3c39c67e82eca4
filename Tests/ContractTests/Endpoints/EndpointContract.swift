// mailmove: what every endpoint promises.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("Every endpoint", .timeLimit(.minutes(1 * Instrumentation.patience)))
struct EndpointContract {
  static let mail = (1...5).map { ContractMail.message($0) }

  @Test(arguments: EndpointKind.allCases)
  func everyAppendIsAnsweredOnceAndKeepsEveryByte(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      let results = try await target.appendAll(Self.mail, to: mailbox)
      #expect(results.map(\.key) == Self.mail.map(\.key))
      let found = try await target.messages(in: mailbox)
      #expect(found.map(\.bytes) == Self.mail.map(\.bytes))
      #expect(try await target.settle().isEmpty)
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func aReceiptNamesTheUIDOfTheVeryMessage(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      let results = try await target.appendAll(Self.mail, to: mailbox)
      let found = Dictionary(
        uniqueKeysWithValues: try await target.messages(in: mailbox).map { ($0.key.uid, $0) })
      for (result, message) in zip(results, Self.mail) {
        guard case .stored(let receipt) = result.verdict else {
          Issue.record("\(result.key) was refused")
          continue
        }
        #expect((receipt.uid != nil) == kind.tellsUIDs)
        if let uid = receipt.uid { #expect(found[uid]?.digest == message.digest) }
      }
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func flagsAndDateAreKept(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let flags = FlagSet(system: [.seen, .flagged], keywords: [Keyword("$Forwarded")])
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      _ = try await target.appendAll([ContractMail.message(1, flags: flags)], to: mailbox)
      let entry = try #require(
        try await target.snapshot(of: mailbox.name, since: nil).entries.first)
      #expect(entry.flags == flags)
      #expect(entry.internalDate?.isSameMoment(as: ContractMail.date) == true)
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func aMissingMailboxIsCreatedOnceAndListed(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let row = ContractMail.row("Archive")
      let created = try await target.open(row, lastKnown: nil)
      #expect(created.wasCreated && created.messages == 0)
      let again = try await target.open(row, lastKnown: created.name)
      #expect(!again.wasCreated && again.name == created.name)
      #expect(again.uidValidity == created.uidValidity && again.uidValidity.isKnown)
      let listed = try await target.mailboxes().mailboxes.map(\.name)
      #expect(listed.contains(created.name))
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func whatIsAppendedHasUIDsFromTheAnnouncedOneOn(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let empty = try await target.open(ContractMail.inbox, lastKnown: nil)
      _ = try await target.appendAll([Self.mail[0]], to: empty)
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: empty.name)
      #expect(mailbox.messages == 1)
      let next = try #require(mailbox.uidNext)
      _ = try await target.appendAll([Self.mail[1]], to: mailbox)
      let uids = try await target.snapshot(of: mailbox.name, since: nil).entries.map(\.uid)
      #expect(uids.count == 2 && uids[0] < next && uids[1] >= next)
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func aSnapshotIsAscendingCompleteAndAgreesWithTheStatus(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      _ = try await target.appendAll(Self.mail, to: mailbox)
      let snapshot = try await target.snapshot(of: mailbox.name, since: nil)
      let status = try await target.status(of: mailbox.name)
      #expect(snapshot.extent == .complete && !snapshot.isShort)
      #expect(snapshot.entries.map(\.uid) == snapshot.entries.map(\.uid).sorted())
      #expect(snapshot.entries.map(\.size) == Self.mail.map { Int64($0.bytes.count) })
      #expect(status.messages == 5 && snapshot.status.messages == 5)
      #expect(status.uidValidity == mailbox.uidValidity)
      #expect(snapshot.uidValidity == mailbox.uidValidity)
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func headersGiveTheFingerprintsOfTheUIDsThatExist(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      _ = try await target.appendAll(Self.mail, to: mailbox)
      let all = try await target.headers(
        of: UIDSet(ranges: [1...UInt32.max]), in: mailbox.name)
      #expect(all.map(\.fingerprint) == Self.mail.map(\.fingerprint))
      let third = try await target.headers(of: UIDSet([all[2].entry.uid]), in: mailbox.name)
      #expect(third == [all[2]])
      let beyond = UID(all[4].entry.uid.rawValue + 1_000)
      #expect(try await target.headers(of: UIDSet([beyond]), in: mailbox.name).isEmpty)
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func twoBatchesMayBeUnderWayAtOnce(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      _ = try await target.appendAll(Self.mail, to: mailbox)
      let entries = try await target.snapshot(of: mailbox.name, since: nil).entries
      let batches = [entries.prefix(2), entries.suffix(3)].map {
        Batch(uidValidity: mailbox.uidValidity, entries: Array($0))
      }
      let streams = [
        try await target.fetch(batches[0], from: mailbox.name),
        try await target.fetch(batches[1], from: mailbox.name),
      ]
      for (stream, batch) in zip(streams, batches) {
        var uids: Set<UID> = []
        while let fetched = try await stream.next() { uids.insert(fetched.key.uid) }
        #expect(uids == Set(batch.entries.map(\.uid)))
      }
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func readingChangesNoFlag(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      _ = try await target.appendAll(Self.mail, to: mailbox)
      let before = try await target.snapshot(of: mailbox.name, since: nil).entries
      _ = try await target.messages(in: mailbox)
      _ = try await target.headers(of: UIDSet(before.map(\.uid)), in: mailbox.name)
      #expect(try await target.snapshot(of: mailbox.name, since: nil).entries == before)
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func flagChangesAddAndRemoveAndLeaveTheRest(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
      let flags = FlagSet(system: [.seen, .answered])
      _ = try await target.appendAll(
        [ContractMail.message(1, flags: flags), ContractMail.message(2, flags: flags)],
        to: mailbox)
      let uids = try await target.snapshot(of: mailbox.name, since: nil).entries.map(\.uid)
      let refusals = try await target.store(
        [
          FlagChange(
            uid: uids[0], add: FlagSet(system: .flagged), remove: FlagSet(system: .answered))
        ], in: mailbox)
      #expect(refusals.isEmpty)
      let after = try await target.snapshot(of: mailbox.name, since: nil).entries.map(\.flags)
      #expect(after == [FlagSet(system: [.seen, .flagged]), flags])
    }
  }

  @Test(arguments: EndpointKind.allCases)
  func aMailboxThatIsNotThereIsAnErrorOfThatMailbox(_ kind: EndpointKind) async throws {
    try await kind.with { target in
      let name = MailboxName(wire: "Nowhere")
      let error = await #expect(throws: SyncError.self) {
        _ = try await target.snapshot(of: name, since: nil)
      }
      #expect(error?.scope == .mailbox)
      let status = try await target.status(of: .inbox)
      #expect(status.messages == 0)
    }
  }
}
