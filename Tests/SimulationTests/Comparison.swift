// mailmove: the oracle beside the command that compares.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

@testable import MailEndpoints

/// Asks whether `verify --level bytes` and the oracle agree (question 6).
struct Comparison {
  private let view: View
  private let report: VerifyReport
  private let records: [MailboxPair: [MessageRecord]]
  private let world: World

  init(of world: World) async throws {
    self.world = world
    view = try await View(of: world)
    let source: any MailSource =
      if let nightly = world.nightly {
        try await nightly.source()
      } else if world.habits.sourceKind == .imap {
        FakeSource(world.source)
      } else {
        FakeMaildrop(
          world.source, keys: world.journal, experience: POP3Experience(),
          handsOut: world.temper.text(of:))
      }
    let target: any TargetView =
      try await world.shelf?.view(world.journal) ?? FakeTarget(world.target)
    report = try await Verify(
      source: source, target: target, journal: world.journal, level: .bytes
    ).run()
    await target.close()
    var records: [MailboxPair: [MessageRecord]] = [:]
    for pair in view.pairs { records[pair] = try await world.journal.records(of: pair) }
    self.records = records
  }

  func findings() -> [Finding] {
    var found: [Finding] = []
    // Several mailboxes may go into one.
    let places = Dictionary(grouping: report.mailboxes) { view.place(of: $0.pair) }
    for (place, mailboxes) in places {
      guard let place else { continue }
      let told = mailboxes.flatMap(\.differences).filter { Self.isLoss($0.kind) }
      let boxes = mailboxes.compactMap { view.source[$0.pair.mapped.source] }
      if let serial = missing(boxes, at: place).first, told.isEmpty {
        found.append(
          Finding(question: 6, text: "verify does not miss mail \(serial) in \(place)"))
      }
      for difference in told where difference.kind == .missing {
        if let text = objection(to: difference, among: mailboxes.map(\.pair), place) {
          found.append(Finding(question: 6, text: text))
        }
      }
    }
    return found
  }

  private static func isLoss(_ kind: Difference.Kind) -> Bool {
    [.unaccounted, .missing, .notMoved, .bytes, .mailbox, .header].contains(kind)
  }

  /// Mails of which the target has fewer than the source.
  private func missing(_ boxes: [FakeAccount.Box], at place: MailboxName) -> [Int] {
    let held = view.held(in: place)
    var wanted: [Int: Int] = [:]
    for box in boxes {
      for uid in box.uids {
        if let serial = box.messages[uid].flatMap({ Mail.serial($0.bytes) }) {
          wanted[serial, default: 0] += 1
        }
      }
    }
    return wanted.filter { (held[$0.key] ?? 0) < $0.value }.keys.sorted()
  }

  /// The records of a maildrop and of an archive have numbers of their own.
  private func isListed(_ record: MessageRecord, in pair: MailboxPair) -> Bool {
    guard let box = view.source[pair.mapped.source] else { return false }
    if world.habits.sourceKind.givesItsUIDs {
      return box.visible(record.key.uid).map { SHA256Digest(of: $0.bytes) } == record.digest
    }
    let listed = box.uids.count { uid in
      box.messages[uid].map { SHA256Digest(of: $0.bytes) } == record.digest
    }
    // Of equal mails it may be the one that is not listed.
    return listed >= records[pair]?.count { $0.digest == record.digest } ?? 0
  }

  /// A message is missing only if there are fewer copies than records that claim one.
  private func objection(
    to difference: Difference, among pairs: [MailboxPair], _ place: MailboxName
  ) -> String? {
    let pair = difference.pair
    let record = records[pair]?.first { $0.key == difference.key }
    guard let record, let digest = record.digest else { return nil }
    let isThere = isListed(record, in: pair)
    let copies = view.target[place]?.messages.values.count { copy in
      // Without the original nothing proves a copy with other bytes.
      guard isThere else { return SHA256Digest(of: copy.bytes) == digest }
      guard let original = Mail.serial(copy.bytes).flatMap(world.original) else { return false }
      return SHA256Digest(of: original) == digest
    }
    let claims = pairs.reduce(0) { sum, pair in
      sum + (records[pair]?.count { $0.isAtTarget && $0.digest == digest } ?? 0)
    }
    guard let copies, copies >= claims else { return nil }
    return "verify says that \(record.key) of \(pair.mapped.source) is missing, and \(copies) "
      + "copies are in \(place)"
  }
}
