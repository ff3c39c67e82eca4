// mailmove: looking at each removal.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization

/// Looks at each removal from the source in the moment before it happens (question 3).
final class RemovalWatch: Sendable {
  private struct Departure: Sendable {
    let mailbox: MailboxName
    let going: [[UInt8]]
    /// What the target held in that moment; nil for an archive, from which nothing is ever taken.
    let there: [MailboxName: FakeAccount.Box]?
  }

  private let world: World
  private let trusting: Bool
  /// Nothing may go: a maildrop tells no age but the sender's, and the ledger has seen no mail
  /// before.
  private let allIsYoung: Bool
  private let seen = Mutex<[Departure]>([])

  init(_ world: World, _ wish: Removal?) {
    self.world = world
    trusting = wish?.trustsRewritten == true
    allIsYoung = wish?.before != nil && world.habits.sourceKind == .maildrop
  }

  func look(_ mailbox: MailboxName, _ uids: UIDSet) {
    guard let box = world.source.boxes[mailbox] else { return }
    let messages = box.messages.filter { uids.contains($0.key) }.map(\.value)
    world.noteRemoval(of: messages.map(\.token), from: mailbox)
    let going = messages.map(\.bytes)
    let there = world.shelf == nil ? world.target.boxes : nil
    seen.withLock { $0.append(Departure(mailbox: mailbox, going: going, there: there)) }
  }

  /// - Parameter end: what the target holds when everything is over.
  func findings(among end: [MailboxName: FakeAccount.Box]) -> [Finding] {
    if allIsYoung, seen.withLock({ !$0.isEmpty }) {
      return [Finding(question: 3, text: "mail is removed by an age that only its sender claims")]
    }
    return seen.withLock { $0 }.flatMap { removal in
      let there = (removal.there ?? end).values.flatMap(\.messages.values).map(\.bytes)
      return Set(removal.going).compactMap { bytes -> Finding? in
        let wanted = removal.going.count { $0 == bytes }
        let serial = Mail.serial(bytes)
        let copies = there.count { $0 == bytes || trusting && Mail.serial($0) == serial }
        guard copies < wanted else { return nil }
        return Finding(
          question: 3,
          text: "\(wanted) × mail \(serial.map(String.init) ?? "?") is removed from "
            + "\(removal.mailbox) at the source while the target has \(copies) such")
      }
    }
  }
}
