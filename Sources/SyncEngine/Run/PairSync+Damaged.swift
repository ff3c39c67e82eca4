// mailmove: copies that the target knows to be damaged.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// What the target knows of the copies on record, where it keeps a history.
  func condition(_ standing: PairStanding) async throws -> TargetCondition {
    guard let anchor = standing.target else { return TargetCondition() }
    return try await target.condition(of: anchor.mailbox, uidValidity: anchor.uidValidity)
  }

  /// The same of all copies in a mailbox that is open.
  func condition(of mailbox: TargetMailbox) async throws -> TargetCondition {
    try await target.condition(of: mailbox.name, uidValidity: mailbox.uidValidity)
  }

  /// The same after a survey. That may have met damage; and what was damaged before it may be
  /// healed by now, by a copy that goes into another mailbox.
  func condition(of mailbox: TargetMailbox, after before: TargetCondition) async throws
    -> TargetCondition
  {
    var condition = try await condition(of: mailbox)
    condition.damaged.formUnion(before.damaged)
    return condition
  }

  /// Makes pending what is damaged at the target and still listed at the source; returns where the
  /// pair stands then.
  ///
  /// The anchor goes back to the first UID before anything else is on record: if this run dies
  /// after the target has the message again, the next one finds it there (invariant 5).
  func reopenDamaged(
    _ condition: TargetCondition, _ snapshot: MailboxSnapshot, _ records: inout [MessageRecord],
    _ standing: PairStanding
  ) async throws -> PairStanding {
    guard !condition.damaged.isEmpty, standing.target != nil else { return standing }
    let listed = snapshot.keys
    let mayHoldLost = Self.mayHoldLost(condition.damaged, records)
    let keys = records.filter { record in
      guard listed.contains(record.key) else { return false }
      guard record.isAtTarget else { return record.state == .lost && mayHoldLost }
      return record.targetUID.map { condition.damaged.contains($0) } ?? false
    }.map(\.key)
    guard !keys.isEmpty else { return standing }
    observer(
      .notice(
        "\(pair.mapped.sourcePath): damaged at the target, so copied again: \(keys.count) messages"
      ))
    try await journal.beginAtTheFirst(of: pair)
    try await wantAgain(Set(keys), records)
    records = try await journal.records(of: pair)
    return try await journal.standing(of: pair)
  }

  /// What a survey could not find at the target and is moved again: what only the original tells
  /// about, and what is lost if that is asked for, or if it may be what lies there damaged.
  func toMoveAgain(
    _ survey: TargetSurvey.Findings, _ records: [MessageRecord], in snapshot: MailboxSnapshot
  ) -> Set<SourceKey> {
    guard !survey.lost.isEmpty, !options.recopiesLost else {
      return survey.contested.union(survey.lost)
    }
    guard Self.mayHoldLost(survey.damaged, records.map(survey.updated)) else {
      return survey.contested
    }
    return survey.contested.union(survey.lost.intersection(snapshot.keys))
  }

  /// Whether one of these copies may be that of a lost message: no record claims it, and what
  /// cannot be read cannot be found by its content either.
  private static func mayHoldLost(_ damaged: Set<UID>, _ records: [MessageRecord]) -> Bool {
    !damaged.isSubset(of: TargetSurvey.claims(of: records))
  }

  /// Offers to the messages that will be moved what they may be recognised by: copies that no
  /// record claims, those first whose originals were there when last listed; and the places of
  /// damaged copies that no record claims, or only ghosts.
  func offer(
    _ copies: [HeadedEntry], _ records: [MessageRecord], without ghosts: [MessageRecord],
    beside others: Neighbours, _ condition: TargetCondition, in mailbox: TargetMailbox
  ) async throws -> [HeadedEntry] {
    if !condition.damaged.isEmpty {
      let claimed = others.onRecord.union(
        TargetSurvey.claims(of: records).subtracting(TargetSurvey.claims(of: ghosts)))
      try await target.renew(condition.damaged.subtracting(claimed).sorted(), in: mailbox)
    }
    let vanished = condition.vanished
    guard !vanished.isEmpty else { return copies }
    return copies.filter { !vanished.contains($0.entry.uid) }
      + copies.filter { vanished.contains($0.entry.uid) }
  }

  /// Copies that are still damaged; told in every run until none is.
  func damagedCopies(_ anchor: TargetAnchor?) async throws -> Int {
    guard let anchor else { return 0 }
    return try await target.condition(of: anchor.mailbox, uidValidity: anchor.uidValidity)
      .damaged.count
  }
}
