// mailmove: the oracle beside the command that compares.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

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
      world.habits.sourceKind == .imap
      ? FakeSource(world.source) : FakeMaildrop(world.source, keys: world.journal)
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
    for mailbox in report.mailboxes {
      let pair = mailbox.pair
      guard let box = view.source[pair.mapped.source], let place = view.place(of: pair) else {
        continue
      }
      let told = mailbox.differences.filter { Self.isLoss($0.kind) }
      let missing = missing(box, at: place)
      if let serial = missing.first, told.isEmpty {
        found.append(
          Finding(question: 6, text: "verify does not miss mail \(serial) in \(place)"))
      }
      for difference in told where difference.kind == .missing {
        if let text = objection(to: difference, pair, place) {
          found.append(Finding(question: 6, text: text))
        }
      }
    }
    return found
  }

  private static func isLoss(_ kind: Difference.Kind) -> Bool {
    [.unaccounted, .missing, .notMoved, .bytes, .mailbox, .header].contains(kind)
  }

  /// Mails of a mailbox of which the target has fewer than the source.
  private func missing(_ box: FakeAccount.Box, at place: MailboxName) -> [Int] {
    let held = view.held(in: place)
    var wanted: [Int: Int] = [:]
    for uid in box.uids {
      if let serial = box.messages[uid].flatMap({ Mail.serial($0.bytes) }) {
        wanted[serial, default: 0] += 1
      }
    }
    return wanted.filter { (held[$0.key] ?? 0) < $0.value }.keys.sorted()
  }

  /// A message is missing only if there are fewer copies than records that claim one.
  private func objection(
    to difference: Difference, _ pair: MailboxPair, _ place: MailboxName
  ) -> String? {
    let all = records[pair] ?? []
    guard let record = all.first(where: { $0.key == difference.key }), let digest = record.digest
    else { return nil }
    let isThere = view.source[pair.mapped.source]?.uids.contains(record.key.uid) == true
    let copies = view.target[place]?.messages.values.count { copy in
      // Without the original nothing proves a copy with other bytes.
      guard isThere else { return SHA256Digest(of: copy.bytes) == digest }
      guard let original = Mail.serial(copy.bytes).flatMap(world.original) else { return false }
      return SHA256Digest(of: original) == digest
    }
    let claims = all.count { $0.isAtTarget && $0.digest == digest }
    guard let copies, copies >= claims else { return nil }
    return "verify says that \(record.key) of \(pair.mapped.source) is missing, and \(copies) "
      + "copies are in \(place)"
  }
}
