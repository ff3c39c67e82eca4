// mailmove: what happens to mailboxes and whole accounts.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

/// Each says what it did, or nil where there was nothing to do it to.
extension World {
  func newName(_ memory: inout Memory) -> MailboxName {
    memory.namesMade += 1
    return MailboxName(wire: "Neu \(memory.namesMade)")
  }

  func make(_ side: Side, _ memory: inout Memory) -> String? {
    let name = newName(&memory)
    account(side).create(name)
    return "\(side.rawValue): \(name) is made"
  }

  func rename(_ side: Side, _ box: Int, _ memory: inout Memory) -> String? {
    guard let name = movable(side, box) else { return nil }
    let other = newName(&memory)
    account(side).rename(name, to: other)
    return "\(side.rawValue): \(name) is renamed to \(other)"
  }

  /// A server with one UIDVALIDITY for all shows it in the mod-sequences of all mail: by equal
  /// numbers nothing could be noticed (decision 0030).
  func swap(_ side: Side, _ box: Int, _ other: Int, _ clock: Int64) -> String? {
    guard let name = movable(side, box), let second = movable(side, other), name != second else {
      return nil
    }
    account(side).swap(name, second)
    let server = side == .source ? habits.source : habits.target
    for name in [name, second] where !server.isRecognisable {
      try? account(side).change(name) { box in
        let modSeq = box.nextModSeq(clock)
        for uid in box.uids { box.messages[uid]?.modSeq = modSeq }
      }
    }
    return "\(side.rawValue): \(name) and \(second) swap their names"
  }

  func delete(_ side: Side, _ box: Int, again: Bool) -> String? {
    guard let name = movable(side, box) else { return nil }
    account(side).remove(name)
    if again { account(side).create(name) }
    return "\(side.rawValue): \(name) is deleted\(again ? " and made anew" : "")"
  }

  func backUp(_ side: Side, _ memory: inout Memory) -> String? {
    if side == .target, let shelf {
      return shelf.backUp() ? "target: a backup is made" : nil
    }
    if side == .source, let nightly {
      return nightly.backUp() ? "source: a backup of the archive is made" : nil
    }
    memory.backups[side] = account(side).backup()
    return "\(side.rawValue): a backup is made"
  }

  func restore(_ side: Side, _ isRefilled: Bool, _ memory: inout Memory) -> String? {
    if side == .target, let shelf {
      return shelf.restore() ? "target: the backup is put back" : nil
    }
    if side == .source, let nightly {
      return nightly.restore() ? "source: the backup of the archive is put back" : nil
    }
    guard let backup = memory.backups[side] else { return nil }
    let before = account(side).boxes
    guard side == .source || !isUnseen(backup, before) else { return nil }
    account(side).restore(backup)
    if side == .source { memory.isPutBack = true }
    let told = "\(side.rawValue): the backup is put back"
    guard isRefilled else { return told }
    var arrivals: [String] = []
    for (name, box) in account(side).boxes.sorted(by: { $0.key < $1.key }) {
      for _ in box.nextUID..<max(box.nextUID, before[name]?.nextUID ?? 0) {
        arrivals.append(deliver(.new, side, to: name, &memory))
      }
    }
    return ([told] + arrivals).joined(separator: "; ")
  }

  /// Whether a backup of the target brings back mail that was deleted, perhaps to where UIDs ended
  /// then: without mod-sequences nothing shows that (decision 0030).
  private func isUnseen(
    _ backup: FakeAccount.Backup, _ now: [MailboxName: FakeAccount.Box]
  ) -> Bool {
    guard !habits.target.hasModSeq else { return false }
    return backup.boxes.contains { name, box in
      now[name].map { !box.tokens.isSubset(of: $0.tokens) } ?? false
    }
  }

  func loseIndexes(_ side: Side) -> String? {
    account(side).loseIndexes()
    return "\(side.rawValue): its mod-sequences are lost"
  }

  func renumber(_ side: Side, _ box: Int) -> String? {
    guard let name = self.box(side, box) else { return nil }
    account(side).renumber(name)
    return "\(side.rawValue): \(name) has new UIDs and another UIDVALIDITY"
  }
}
