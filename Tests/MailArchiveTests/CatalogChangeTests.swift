// mailmove: commits that contradict the ones before them.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("A commit taken over into the catalog")
struct CatalogChangeTests {
  private static let digest = SHA256Digest(of: Array("x".utf8))

  private static func place(message: Int64 = 1, segment: Int64 = 1) -> MessagePlace {
    MessagePlace(id: message, segment: segment, offset: 0, compressedLength: 20, at: 0, length: 9)
  }

  private static func message(_ id: Int64, segment: Int64) -> JournalEvent {
    .message(
      MessageEvent(place: place(message: id, segment: segment), digest: digest, size: 1, date: 0))
  }

  private static func folder(_ id: Int64, account: Int64) -> JournalEvent {
    .folder(
      FolderEvent(
        id: FolderID(id), account: AccountID(account), name: "INBOX", delimiter: "/",
        special: nil, mailboxID: nil, uidValidity: 7))
  }

  private static func put(_ message: Int64, folder: Int64, uid: UInt32) -> JournalEvent {
    .put(
      PutEvent(
        key: PlacementKey(folder: FolderID(folder), uidValidity: 7, uid: uid), message: message,
        flags: .none))
  }

  private static let start: [JournalEvent] = [
    .account(AccountEvent(id: AccountID(1), label: "me", proto: "imap", host: "h")),
    folder(1, account: 1), .segment(id: 1, path: "segments/2019/00000001.mbox.gz"),
    message(1, segment: 1), put(1, folder: 1, uid: 1),
  ]

  private func apply(
    _ events: [JournalEvent], then look: (Catalog) throws -> Void = { _ in }
  ) throws {
    let catalog = try Catalog.inMemory()
    try catalog.create(for: "uuid")
    var commits: [JournalCommit] = []
    for (number, events) in [Self.start, events].enumerated() {
      commits.append(
        JournalCommit(
          number: Int64(number + 1), time: 0, offset: 0, previous: Self.digest, ends: [:],
          events: events))
    }
    try catalog.apply(commits, upTo: .beginning)
    try look(catalog)
    try catalog.close()
  }

  @Test(
    "is damage where it names what was never made, or makes it again",
    arguments: [
      message(2, segment: 2), message(1, segment: 1), put(2, folder: 1, uid: 2),
      put(1, folder: 2, uid: 2), put(1, folder: 1, uid: 1), folder(2, account: 2),
      .segment(id: 1, path: "other"), .segment(id: 2, path: "segments/2019/00000001.mbox.gz"),
      .moved([place(segment: 2)]), .moved([place(message: 2)]), .heal(place(segment: 2)),
      .drop(segment: 2),
    ])
  func contradiction(event: JournalEvent) throws {
    let error = #expect(throws: ArchiveError.self) { try apply([event]) }
    guard case .damaged(let damage)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(damage.part == .journal)
    #expect(damage.detail.hasPrefix("commit 2: "))
  }

  @Test(
    "is taken over where it changes what is there",
    arguments: [
      message(2, segment: 1), put(1, folder: 1, uid: 2), folder(1, account: 1),
      folder(2, account: 1), .segment(id: 2, path: "other"), .moved([place()]), .heal(place()),
      .drop(segment: 1),
    ])
  func continuation(event: JournalEvent) throws { try apply([event]) }

  @Test(
    "is damage where its own lines contradict each other",
    arguments: [
      [put(2, folder: 1, uid: 2), message(2, segment: 1)],
      [message(2, segment: 1), message(2, segment: 1)],
      [put(1, folder: 1, uid: 2), put(1, folder: 1, uid: 2)],
    ])
  func contradictionWithin(events: [JournalEvent]) {
    #expect(throws: ArchiveError.self) { try apply(events) }
  }

  @Test(
    "is taken over in the order of its lines, however many there are",
    arguments: [1, 63, 64, 65, 200])
  func manyMessages(count: Int) throws {
    let key = { PlacementKey(folder: FolderID(1), uidValidity: 7, uid: $0) }
    let events = (2..<Int64(2 + count)).flatMap { id -> [JournalEvent] in
      let uid = UInt32(id)
      return [
        Self.message(id, segment: 1), Self.put(id, folder: 1, uid: uid),
        .flags(FlagsEvent(key: key(uid), flags: FlagSet(system: .seen))),
        Self.put(id, folder: 1, uid: uid + 1_000),
      ].filter { event in if case .flags = event { id % 50 == 2 } else { true } }
    }
    try apply(events) { catalog in
      let places = try catalog.read { db in
        try (2..<UInt32(2 + count)).flatMap { uid in
          try [uid, uid + 1_000].map { try CatalogQuery.placement(key($0), db) }
        }
      }
      #expect(places.compactMap(\.?.message.id) == (2..<Int64(2 + count)).flatMap { [$0, $0] })
      #expect(places.allSatisfy { $0?.addedCommit == 2 })
      #expect(places.count { $0?.flags.isEmpty == false } == (count + 49) / 50)
    }
  }
}
