// mailmove: what everything that removes mail promises.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("Every remover", .timeLimit(.minutes(1 * Instrumentation.patience)))
struct RemoverContract {
  private static let mail = (1...5).map { ContractMail.message($0) }

  /// The account's messages, in a session that removes.
  private static func listed(_ remover: any MailRemover) async throws -> (
    entries: [Entry], uids: [UID], uidValidity: UIDValidity
  ) {
    let listing = try await remover.listing(of: .inbox)
    return (listing.entries, listing.entries.map(\.uid), listing.uidValidity)
  }

  /// What proves messages by their numbers; with what another message is where one is given.
  private static func proof(_ entries: [Entry], _ places: [Int], being other: [Int: Int] = [:])
    -> [RemovalProof]
  {
    places.map { place in
      let message = mail[other[place] ?? place]
      return RemovalProof(
        uid: entries[place].uid, listedSize: entries[other[place] ?? place].size,
        internalDate: entries[place].internalDate, fingerprint: message.fingerprint,
        digest: message.digest)
    }
  }

  /// Which of the messages a new session finds.
  private static func left(_ sessions: SourceKind.Sessions) async throws -> [UID] {
    let source = try await sessions.source()
    let uids = try await source.snapshot(of: .inbox, since: nil).entries.map(\.uid)
    await source.close()
    return uids
  }

  private func with(
    _ kind: SourceKind,
    _ test: (any MailRemover, SourceKind.Sessions) async throws -> Void
  ) async throws {
    try await kind.with(Self.mail) { sessions in
      let connect = try #require(sessions.remover)
      let remover = try await connect()
      try await test(remover, sessions)
      await remover.close()
    }
  }

  @Test(arguments: SourceKind.removable)
  func exactlyWhatIsGivenIsGoneAfterTheCommit(_ kind: SourceKind) async throws {
    try await with(kind) { remover, sessions in
      #expect(await remover.obstacle(to: .expunge) == nil)
      let (entries, uids, validity) = try await Self.listed(remover)
      for places in [[1], [3, 4]] {
        let removed = try await remover.remove(
          Self.proof(entries, places), from: .inbox, uidValidity: validity, manner: .expunge)
        #expect(removed == Set(places.map { uids[$0] }))
      }
      try await remover.commit()
      #expect(try await Self.left(sessions) == [uids[0], uids[2]])
    }
  }

  @Test(arguments: SourceKind.removable)
  func nothingIsGoneWhereNothingWasGiven(_ kind: SourceKind) async throws {
    try await with(kind) { remover, sessions in
      let (_, uids, validity) = try await Self.listed(remover)
      let removed = try await remover.remove(
        [], from: .inbox, uidValidity: validity, manner: .expunge)
      #expect(removed.isEmpty)
      try await remover.commit()
      #expect(try await Self.left(sessions) == uids)
    }
  }

  @Test(arguments: SourceKind.removable.filter { $0 != .fake })
  func nothingIsRemovedUnderAnotherUIDVALIDITY(_ kind: SourceKind) async throws {
    try await with(kind) { remover, sessions in
      let (entries, uids, validity) = try await Self.listed(remover)
      let error = await #expect(throws: SyncError.self) {
        _ = try await remover.remove(
          Self.proof(entries, [0, 1]), from: .inbox,
          uidValidity: UIDValidity(validity.rawValue + 1), manner: .expunge)
      }
      #expect(error?.scope == .mailbox)
      await remover.close()
      #expect(try await Self.left(sessions) == uids)
    }
  }

  /// As after a restored backup: the UID stands for another message than the one that was proven.
  @Test(arguments: SourceKind.removable)
  func anotherMessageUnderTheUIDStays(_ kind: SourceKind) async throws {
    try await with(kind) { remover, sessions in
      let (entries, uids, validity) = try await Self.listed(remover)
      let removed = try await remover.remove(
        Self.proof(entries, [0, 2], being: [0: 1]), from: .inbox, uidValidity: validity,
        manner: .expunge)
      #expect(removed == [uids[2]])
      try await remover.commit()
      #expect(try await Self.left(sessions) == [uids[0], uids[1], uids[3], uids[4]])
    }
  }

  @Test(arguments: SourceKind.removable)
  func aUIDThatIsNotThereRemovesNothingElse(_ kind: SourceKind) async throws {
    try await with(kind) { remover, sessions in
      let (entries, uids, validity) = try await Self.listed(remover)
      let beyond = Entry(
        uid: UID((uids.last?.rawValue ?? 0) + 1_000), size: entries[0].size,
        internalDate: entries[0].internalDate, flags: .none)
      let removed = try await remover.remove(
        Self.proof([beyond], [0]), from: .inbox, uidValidity: validity, manner: .expunge)
      #expect(removed.isEmpty)
      try await remover.commit()
      #expect(try await Self.left(sessions) == uids)
    }
  }

  @Test func aMaildropsSessionThatDoesNotEndProperlyRemovesNothing() async throws {
    try await with(.pop3) { remover, sessions in
      let (entries, uids, validity) = try await Self.listed(remover)
      #expect(await remover.obstacle(to: .flagOnly) != nil)
      _ = try await remover.remove(
        Self.proof(entries, [0]), from: .inbox, uidValidity: validity, manner: .expunge)
      await remover.close()
      #expect(try await Self.left(sessions) == uids)
    }
  }

  @Test(arguments: [SourceKind.fake, .imap])
  func whatIsOnlyMarkedIsThere(_ kind: SourceKind) async throws {
    try await with(kind) { remover, sessions in
      let (entries, uids, validity) = try await Self.listed(remover)
      #expect(await remover.obstacle(to: .flagOnly) == nil)
      let marked = try await remover.remove(
        Self.proof(entries, [2]), from: .inbox, uidValidity: validity, manner: .flagOnly)
      #expect(marked == [uids[2]])
      try await remover.commit()
      let source = try await sessions.source()
      let left = try await source.snapshot(of: .inbox, since: nil).entries
      await source.close()
      #expect(left.map(\.uid) == uids)
      #expect(
        left.map { $0.flags.system.contains(.deleted) } == [false, false, true, false, false])
    }
  }
}
