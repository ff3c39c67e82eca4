// mailmove: what every source promises.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("Every source", .timeLimit(.minutes(1 * Instrumentation.patience)))
struct SourceContract {
  static let mail = (1...5).map {
    ContractMail.message($0, flags: $0 == 2 ? FlagSet(system: .flagged) : .none)
  }

  private static let everything = UIDSet(ranges: [1...UInt32.max])

  /// Everything in INBOX with its bytes, ascending by UID.
  private static func messages(_ source: any MailSource) async throws -> [Message] {
    let snapshot = try await source.snapshot(of: .inbox, since: nil)
    let stream = try await source.fetch(
      Batch(uidValidity: snapshot.uidValidity, entries: snapshot.entries), from: .inbox)
    var found: [Message] = []
    while let fetched = try await stream.next() {
      if case .message(let message) = fetched { found.append(message) }
    }
    return found.sorted { $0.key < $1.key }
  }

  private func with(
    _ kind: SourceKind, _ mail: [Message] = mail, _ test: (any MailSource) async throws -> Void
  ) async throws {
    try await kind.with(mail) { sessions in
      let source = try await sessions.source()
      try await test(source)
      await source.close()
    }
  }

  @Test(arguments: SourceKind.allCases)
  func everyByteComesAsItIs(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let found = try await Self.messages(source)
      #expect(found.map(\.bytes) == Self.mail.map(\.bytes))
      #expect(found.map(\.digest) == Self.mail.map(\.digest))
    }
  }

  @Test(arguments: SourceKind.allCases)
  func aSnapshotIsAscendingAndComplete(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      let uids = snapshot.entries.map(\.uid)
      #expect(snapshot.extent == .complete && !snapshot.isShort && snapshot.listingDoubt == nil)
      #expect(uids == Set(uids).sorted() && uids.count == 5 && snapshot.uidValidity.isKnown)
      #expect(snapshot.entries.map(\.size) == Self.mail.map { Int64($0.bytes.count) })
      #expect(try await source.status(of: .inbox).messages == 5)
      #expect(snapshot.passing.isEmpty)
      guard !kind.isMaildrop else { return }
      #expect(snapshot.entries.map(\.flags) == Self.mail.map(\.entry.flags))
      #expect(
        snapshot.entries.allSatisfy {
          $0.internalDate?.isSameMoment(as: ContractMail.date) == true
        })
    }
  }

  /// What a source says of contents is true of what it hands out; an archive says it of all.
  @Test(arguments: SourceKind.allCases)
  func toldContentsAreThoseHandedOut(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      #expect(snapshot.digests == (kind == .archive ? Self.mail.map(\.digest) : []))
      let rest = snapshot.without([snapshot.entries[0].uid, snapshot.entries[3].uid])
      #expect(rest.entries == [1, 2, 4].map { snapshot.entries[$0] })
      let digests = [1, 2, 4].map { Self.mail[$0].digest }
      #expect(rest.digests == (kind == .archive ? digests : []))
    }
  }

  /// Numbers of an archive are given again when a copy of it is put back and filled.
  @Test(arguments: SourceKind.allCases)
  func onlyAListingThatProvesSomethingSavesTheSnapshot(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      let listed = try await source.mailboxes().mailboxes.first { $0.name.isInbox }?.status
      let isProof = listed.map { SourceCheckpoint(snapshot.status).provesUnchanged($0) } ?? false
      #expect(!isProof || kind == .imap || kind == .fake)
    }
  }

  @Test(arguments: SourceKind.allCases)
  func keysLastBeyondTheSession(_ kind: SourceKind) async throws {
    try await kind.with(Self.mail) { sessions in
      var found: [[SourceKey: SHA256Digest]] = []
      for _ in 1...2 {
        let source = try await sessions.source()
        let messages = try await Self.messages(source)
        await source.close()
        found.append(
          Dictionary(messages.map { ($0.key, $0.digest) }, uniquingKeysWith: { first, _ in first }))
      }
      #expect(found[0] == found[1] && found[0].count == 5)
    }
  }

  @Test(arguments: SourceKind.allCases)
  func headersGiveTheFingerprintsOfTheUIDsThatExist(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let all = try await source.headers(of: Self.everything, in: .inbox)
      #expect(all.map(\.fingerprint) == Self.mail.map(\.fingerprint))
      #expect(
        all.map(\.fingerprintBesideID) == Self.mail.map { Fingerprint.besideID(of: $0.bytes) })
      let third = try await source.headers(of: UIDSet([all[2].entry.uid]), in: .inbox)
      #expect(third == [all[2]])
      let beyond = UID(all[4].entry.uid.rawValue + 1_000)
      #expect(try await source.headers(of: UIDSet([beyond]), in: .inbox).isEmpty)
    }
  }

  /// The fields that are told are those of the message, however odd its header is.
  @Test(arguments: SourceKind.allCases)
  func oddHeadersHaveOneFingerprint(_ kind: SourceKind) async throws {
    let many = (0..<60_000).map { "a\($0)@example.org" }.joined(separator: ",\r\n ")
    let odd = [
      "Subject: w3\r\nno colon\r\n continued\r\n\r\nbody\r\n",
      "To: \(many)\r\nSubject: behind a megabyte\r\n\r\nbody\r\n",
    ].enumerated().map { ContractMail.message($0.offset + 1, $0.element) }
    try await with(kind, odd) { source in
      let headed = try await source.headers(of: Self.everything, in: .inbox)
      #expect(headed.map(\.fingerprint) == odd.map(\.fingerprint))
      #expect(try await Self.messages(source).map(\.bytes) == odd.map(\.bytes))
    }
  }

  @Test(arguments: SourceKind.allCases)
  func whatIsNotThereIsNotHandedOut(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      let last = try #require(snapshot.entries.last)
      let missing = Entry(
        uid: UID(last.uid.rawValue + 1_000), size: 10, internalDate: nil, flags: .none)
      let stream = try await source.fetch(
        Batch(uidValidity: snapshot.uidValidity, entries: [last, missing]), from: .inbox)
      var uids: [UID] = []
      while let fetched = try await stream.next() {
        if case .message(let message) = fetched { uids.append(message.key.uid) }
      }
      #expect(uids == [last.uid])
    }
  }

  @Test(arguments: SourceKind.allCases)
  func twoBatchesMayBeUnderWayAtOnce(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      let batches = [snapshot.entries.prefix(2), snapshot.entries.suffix(3)].map {
        Batch(uidValidity: snapshot.uidValidity, entries: Array($0))
      }
      let first = try await source.fetch(batches[0], from: .inbox)
      let second = try await source.fetch(batches[1], from: .inbox)
      for (stream, batch) in [(first, batches[0]), (second, batches[1])] {
        var uids: Set<UID> = []
        while let fetched = try await stream.next() { uids.insert(fetched.key.uid) }
        #expect(uids == Set(batch.entries.map(\.uid)))
      }
    }
  }

  @Test(arguments: SourceKind.allCases)
  func readingChangesNothing(_ kind: SourceKind) async throws {
    try await kind.with(Self.mail) { sessions in
      let source = try await sessions.source()
      let before = try await source.snapshot(of: .inbox, since: nil)
      _ = try await Self.messages(source)
      _ = try await source.headers(of: Self.everything, in: .inbox)
      await source.close()
      let again = try await sessions.source()
      #expect(try await again.snapshot(of: .inbox, since: nil).entries == before.entries)
      await again.close()
    }
  }

  @Test(arguments: SourceKind.allCases)
  func aMailboxThatIsNotThereIsAnErrorOfThatMailbox(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let error = await #expect(throws: SyncError.self) {
        _ = try await source.snapshot(of: MailboxName(wire: "Nowhere"), since: nil)
      }
      #expect(error?.scope == .mailbox)
      let status = try await source.status(of: .inbox)
      #expect(status.messages == 5)
    }
  }

  @Test(arguments: SourceKind.allCases.filter { $0 != .fake })
  func aBatchUnderAnotherUIDVALIDITYIsNotRead(_ kind: SourceKind) async throws {
    try await with(kind) { source in
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      let other = UIDValidity(snapshot.uidValidity.rawValue + 1)
      var found = 0
      do {
        let stream = try await source.fetch(
          Batch(uidValidity: other, entries: snapshot.entries), from: .inbox)
        while let fetched = try await stream.next() {
          if case .message = fetched { found += 1 }
        }
      } catch let error as SyncError { #expect(error.scope == .mailbox) }
      #expect(found == 0)
    }
  }
}
