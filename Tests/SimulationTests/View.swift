// mailmove: a world at one moment.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import MailWire
import SyncEngine

/// Both accounts and the ledger's map at one moment.
struct View: Sendable {
  typealias Message = FakeAccount.StoredMessage

  let source: [MailboxName: FakeAccount.Box]
  let target: [MailboxName: FakeAccount.Box]
  let pairs: [MailboxPair]
  let standings: [MailboxPair: PairStanding]
  /// Messages of an archive whose bytes are wrong, and its segments.
  let unreadable: [ArchiveShelf.Unreadable]
  private let segments: [String: ArchiveSegment]
  /// An archive is on record.
  let knowsArchive: Bool
  /// An archive was begun where another one is not mounted, when none was on record.
  let isBegunAnew: Bool

  init(of world: World) async throws {
    source = world.source.boxes
    let archive = try await world.shelf?.contents()
    target = archive?.boxes ?? world.target.boxes
    unreadable = archive?.unreadable ?? []
    segments = archive?.segments ?? [:]
    pairs = try await world.journal.pairs()
    var standings: [MailboxPair: PairStanding] = [:]
    for pair in pairs { standings[pair] = try await world.journal.standing(of: pair) }
    self.standings = standings
    isBegunAnew = world.shelf?.isBegunAnew == true
    knowsArchive = try await world.journal.archiveMark() != nil
  }

  /// Where the ledger puts a mailbox of the source; nil where it has no place for it.
  func place(of name: MailboxName) -> MailboxName? {
    pairs.first { $0.mapped.source == name }.flatMap(place)
  }

  func place(of pair: MailboxPair) -> MailboxName? {
    standings[pair]?.target?.mailbox ?? pair.mapped.target
  }

  /// What the source shows, by the mailbox at the target where it goes and by serial number.
  ///
  /// - Parameter earlier: only what it showed in the same mailbox then, too.
  func wanted(since earlier: View? = nil) -> [MailboxName: [Int: Int]] {
    var wanted: [MailboxName: [Int: Int]] = [:]
    for (name, box) in source {
      guard let place = place(of: name) else { continue }
      let old = earlier.map { $0.source[name]?.tokens ?? [] }
      for message in box.uids.compactMap({ box.messages[$0] }) {
        guard let serial = Mail.serial(message.bytes), old?.contains(message.token) ?? true else {
          continue
        }
        wanted[place, default: [:]][serial, default: 0] += 1
      }
    }
    return wanted
  }

  /// The target's messages with the mailbox of each, by their tokens.
  func copies() -> [Int: (mailbox: MailboxName, message: Message)] {
    var copies: [Int: (mailbox: MailboxName, message: Message)] = [:]
    for (name, box) in target {
      for message in box.messages.values { copies[message.token] = (name, message) }
    }
    return copies
  }

  /// Damage that nobody has met by now: a run reads the segments that it writes to or seals, and
  /// no others (docs/archive.md).
  func unmet(since before: View) -> [ArchiveShelf.Unreadable] {
    unreadable.filter { !$0.isOnRecord && segments[$0.segment] == before.segments[$0.segment] }
  }

  /// How many copies of each mail a mailbox of the target has.
  func held(in name: MailboxName, where isMeant: (Message) -> Bool = { _ in true }) -> [Int: Int] {
    var held: [Int: Int] = [:]
    for message in target[name]?.messages.values.filter(isMeant) ?? [] {
      if let serial = Mail.serial(message.bytes) { held[serial, default: 0] += 1 }
    }
    return held
  }
}

extension FakeAccount.Box {
  /// Of what the server shows.
  var tokens: Set<Int> { Set(uids.compactMap { messages[$0]?.token }) }
}

extension FakeAccount.StoredMessage {
  /// It was not put there by mailmove.
  var isForeign: Bool { author != .mailmove }
}
