// mailmove: when numbers are no longer believed.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// Moves records out of the way that are about other messages than those listed under their UIDs
  /// now (invariants 13 and 14). Returns whether there were any.
  func retire(
    _ records: inout [MessageRecord], by snapshot: MailboxSnapshot, _ standing: PairStanding
  ) async throws -> Bool {
    // Where keys may change they are names of contents, and no numbers that could be given twice.
    guard snapshot.extent == .complete, !snapshot.traits.contains(.keysMayChange),
      snapshot.uidValidity.isKnown
    else { return false }
    let doubt = RecordDoubt(snapshot: snapshot, records: records)
    var headers: [HeadedEntry]?
    if let source = standing.source, source.uidValidity == snapshot.uidValidity,
      !source.numbers.isContinued(by: NumberSpace(snapshot.status))
    {
      let listed = doubt.listedOnRecord
      headers = listed.isEmpty ? [] : try await self.source.headers(of: listed, in: name)
    }
    // What is put on record of mail that is still to be moved may be about a later state than the
    // checkpoint, by which the earlier one, if it is put back, is unchanged.
    if doubt.changesPending { try await journal.forgetCheckpoint(of: pair) }
    let outcomes = doubt.outcomes(headers: headers)
    if headers != nil {
      observer(
        .warning(
          "\(name): the source was put back to an earlier state, or made anew; "
            + "\(outcomes.count) messages on record are no longer what they were"))
    }
    guard !outcomes.isEmpty else { return false }
    if headers == nil {
      observer(
        .warning(
          "\(name): the source gives UIDs again that stood for other messages: "
            + "\(outcomes.count) are looked at anew"))
    }
    // If this run dies, the next one needs all of the listing again, and not only what changed.
    try await journal.forgetCheckpoint(of: pair)
    try await journal.record(outcomes, in: pair)
    records = try await journal.records(of: pair)
    return true
  }

  /// Whether the target mailbox may still be the one on record for all that goes into it, by the
  /// listing or, where that tells no numbers, by a question of its own.
  ///
  /// Each has its own numbers on record, and those of one may tell what those of another do not:
  /// then none is believed any more, before any of them is renewed. That is put on record at once
  /// for all: by the next run, the numbers that tell it now may be what they were.
  func isContinued(_ anchor: TargetAnchor) async throws -> Bool {
    let others = try await journal.believed(neighbours.map(\.pair), in: anchor.mailbox)
    let all = [(pair: pair, anchor: anchor)] + others
    let isContinued = try await areContinued(all.map(\.anchor), in: anchor.mailbox)
    let isTold = zip(all, isContinued).contains { $0.anchor.isBelieved && !$1 }
    guard isTold else { return isContinued[0] }
    try await journal.disbelieve(all)
    return false
  }

  private func areContinued(_ anchors: [TargetAnchor], in mailbox: MailboxName) async throws
    -> [Bool]
  {
    let listed = anchors.map(there.isContinued)
    let isUntold = there.status(of: mailbox) != nil && !there.tellsNumbers(of: mailbox)
    // The listing is older than what this run has copied for the others.
    let mayBeLate = anchors.count > 1 && listed.contains(false)
    guard isUntold || mayBeLate else { return listed }
    do {
      let status = try await target.status(of: mailbox)
      guard status.uidValidity?.isKnown == true else { return anchors.map { _ in true } }
      return anchors.map { $0.numbers.isContinued(by: NumberSpace(status)) }
    } catch let error as SyncError where error.scope == .mailbox {
      return anchors.map { _ in false }
    }
  }

  /// Prepares for a target mailbox whose numbers do not go on from those on record: it was put
  /// back, made anew, or is gone.
  ///
  /// Where it is gone, its messages are lost; a mailbox that a person deleted is not made again
  /// unless there is something to put into it. Returns whether there is a mailbox to look into.
  func prepareToLookAgain(_ anchor: TargetAnchor) async throws -> Bool {
    guard try await isGone(anchor.mailbox) else { return true }
    try await disbelieveNeighbours(in: anchor.mailbox)
    let lost = try await journal.records(of: pair).filter(\.isAtTarget)
    guard !lost.isEmpty else { return false }
    observer(
      .warning(
        "\(pair.mapped.sourcePath): its folder at the target is gone; copies lost with it: "
          + "\(lost.count)"))
    try await journal.disbelieve([(pair, anchor)])
    if options.recopiesLost {
      try await wantAgain(Set(lost.map(\.key)), lost)
    } else {
      try await journal.record(
        lost.flatMap { [.located($0.key, targetUID: nil), .marked($0.key, .lost)] }, in: pair)
    }
    return false
  }

  /// Whether a mailbox that is not listed is not there either.
  private func isGone(_ mailbox: MailboxName) async throws -> Bool {
    guard !there.tellsNumbers(of: mailbox) else { return false }
    do {
      _ = try await target.status(of: mailbox)
      return false
    } catch let error as SyncError where error.scope == .mailbox {
      return true
    }
  }

  /// Puts on record that the mailbox is not the one that others have on record. Those which the
  /// source lists find that out in their own turn; the others have none.
  func disbelieveNeighbours(in mailbox: MailboxName) async throws {
    let unlisted = neighbours.filter { !$0.isListed }.map(\.pair)
    try await journal.disbelieve(journal.believed(unlisted, in: mailbox))
  }

  /// Puts on record that the mailbox is not the one that this one and others have on record, which
  /// its numbers need not show to any of them.
  func disbelieveAll(in mailbox: MailboxName) async throws {
    let all = [pair] + neighbours.map(\.pair)
    try await journal.disbelieve(journal.believed(all, in: mailbox))
  }

  /// Says what came of looking for every copy again, if there was any on record.
  func tell(_ survey: TargetSurvey.Findings) {
    guard !survey.located.isEmpty || !survey.lost.isEmpty else { return }
    observer(
      .warning(
        "\(pair.mapped.sourcePath): its folder at the target was put back to an earlier state, "
          + "or made anew; \(survey.located.count) copies found again, "
          + "\(survey.lost.count) lost"))
  }

  /// Puts on record that messages which we removed from the source are listed there again, as when
  /// a backup of it was put back.
  func takeBackRemoved(_ records: inout [MessageRecord], listedIn snapshot: MailboxSnapshot)
    async throws
  {
    guard records.contains(where: { $0.removal == .removed }) else { return }
    let listed = snapshot.keys
    var outcomes: [Outcome] = []
    for index in records.indices
    where records[index].removal == .removed && listed.contains(records[index].key) {
      records[index].removal = records[index].removal?.whenListedAgain
      outcomes.append(.settled(records[index]))
    }
    if !outcomes.isEmpty { try await journal.record(outcomes, in: pair) }
  }

  /// Makes messages pending again whose copies are gone.
  func wantAgain(_ wanted: Set<SourceKey>, _ records: [MessageRecord]) async throws {
    let outcomes = records.filter { wanted.contains($0.key) }.map { record -> Outcome in
      var again = MessageRecord(
        key: record.key, state: .pending, size: record.size, listedSize: record.listedSize,
        digest: record.digest, fingerprint: record.fingerprint,
        internalDate: record.internalDate, flags: record.flags)
      again.removal = record.removal
      return .settled(again)
    }
    if !outcomes.isEmpty { try await journal.record(outcomes, in: pair) }
  }
}
