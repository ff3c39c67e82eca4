// mailmove: what other mailboxes have in the same one at the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Another mailbox of the source that goes into the same mailbox of the target.
struct Neighbour: Sendable {
  let pair: MailboxPair
  /// The source has it. The copies of one that it has no longer may be taken over.
  let isListed: Bool
}

/// What the neighbours of a mailbox have at the target: a copy that belongs to a message of one is
/// never taken for a message of another (invariant 9).
struct Neighbours: Sendable {
  /// A message on record whose mailbox is gone from the source.
  struct Owner: Sendable {
    let pair: MailboxPair
    let key: SourceKey
  }

  /// Copies of messages whose mailbox the source still has.
  var claimed: Set<UID> = []
  /// Messages of such mailboxes, by mailbox, whose copies are somewhere among the others.
  var homeless: [[MessageRecord]] = []
  /// Copies of messages whose mailbox is gone. Mail that was moved out of it before is recognised
  /// by them; whoever takes one over takes it from its owner.
  var left: [UID: Owner] = [:]
  /// Where mailboxes stand for which this is not the mailbox on record any more.
  var disbelieved: [(pair: MailboxPair, anchor: TargetAnchor)] = []

  /// Copies on record for any of them.
  var onRecord: Set<UID> { claimed.union(left.keys) }

  static func look(
    at neighbours: [Neighbour], in mailbox: MailboxName, _ numbers: NumberSpace,
    of journal: any Journal
  ) async throws -> Neighbours {
    var found = Neighbours()
    for neighbour in neighbours {
      guard let anchor = try await journal.standing(of: neighbour.pair).target else { continue }
      let records = try await journal.records(of: neighbour.pair).filter(\.isAtTarget)
      let isSound = anchor.isContinued(in: mailbox, by: numbers, records)
      if !isSound, anchor.isBelieved {
        found.disbelieved.append((neighbour.pair, anchor))
      }
      var homeless: [MessageRecord] = []
      for record in records {
        if let uid = record.targetUID, isSound {
          found.claim(uid, record.key, neighbour)
        } else {
          homeless.append(record)
        }
      }
      if neighbour.isListed, !homeless.isEmpty { found.homeless.append(homeless) }
    }
    return found
  }

  private mutating func claim(_ uid: UID, _ key: SourceKey, _ neighbour: Neighbour) {
    if neighbour.isListed {
      claimed.insert(uid)
    } else {
      left[uid] = Owner(pair: neighbour.pair, key: key)
    }
  }
}

extension TargetAnchor {
  /// Whether the numbers of a mailbox go on from those on record, and from every UID on record.
  func isContinued(
    in mailbox: MailboxName, by later: NumberSpace, _ records: [MessageRecord]
  ) -> Bool {
    guard numbers.isContinued(by: later),
      self.mailbox == mailbox || mailboxID != nil && mailboxID == later.mailboxID
    else { return false }
    guard let next = later.uidNext else { return true }
    return records.allSatisfy { !$0.isAtTarget || $0.targetUID.map { $0 < next } ?? true }
  }
}

extension Journal {
  /// Those of these that stand in a mailbox of the target, and whose numbers for it are believed.
  func believed(_ pairs: [MailboxPair], in mailbox: MailboxName) async throws
    -> [(pair: MailboxPair, anchor: TargetAnchor)]
  {
    var found: [(pair: MailboxPair, anchor: TargetAnchor)] = []
    for pair in pairs {
      guard let anchor = try await standing(of: pair).target, anchor.mailbox == mailbox,
        anchor.isBelieved
      else { continue }
      found.append((pair, anchor))
    }
    return found
  }
}
