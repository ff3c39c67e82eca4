// mailmove: brings one mailbox up to date.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Brings one target mailbox up to date with its source mailbox, from wherever the last run got.
struct PairSync {
  let pair: MailboxPair
  /// What the listing at the start of the run said, where it said anything.
  let listed: MailboxStatus?
  /// What the target listed at the start of the run.
  let there: TargetListing
  /// By which a message is known to be in another mailbox too.
  let labels: ListedLabels
  /// Mailboxes that go into the same one.
  let neighbours: [Neighbour]
  let source: any MailSource
  let target: any MailTarget
  let limits: TargetLimits
  let journal: any Journal
  let budget: ByteBudget
  let options: RunOptions
  let pacing: Pacing
  let observer: RunObserver
  let stop: StopSignal
  let throttle: ThrottleGate
  let names: TargetNames
  /// Messages at which a connection was lost without progress.
  let suspects: Set<UID>

  /// What was done, and why it ended early if it did.
  struct Result: Sendable {
    var line: MailboxLineItem
    var failure: SyncError?
    var inDoubt: Set<UID> = []
    var madeProgress = false

    mutating func add(_ pumped: Pump.Result) {
      line.add(pumped.recorded)
      madeProgress = pumped.recorded.total > 0
      failure = pumped.failure
      inDoubt = pumped.inDoubt
    }
  }

  var name: MailboxName { pair.mapped.source }

  func run() async -> Result {
    var result = Result(line: MailboxLineItem(pair: pair))
    do {
      try await run(&result)
    } catch {
      result.failure = SyncError.from(error)
    }
    return result
  }

  private func run(_ result: inout Result) async throws {
    let standing = try await journal.standing(of: pair)
    var looksAgain = false
    if let anchor = standing.target, try await !isContinued(anchor) {
      looksAgain = try await prepareToLookAgain(anchor)
    } else if !options.listsInFull, pair.mapped.decision != .remainder,
      standing.provesUnchanged(listed), try await condition(standing).damaged.isEmpty
    {
      result.line.wasUnchanged = true
      return
    }
    var isDone = try await bringUpToDate(looksAgain: looksAgain, &result)
    // Again, with what was found out: copies that are gone are wanted again, or the numbers of the
    // target turned out not to be those on record; perhaps one after the other.
    for _ in 1...Self.passesMore where !isDone && result.failure == nil && !stop.isRequested {
      isDone = try await bringUpToDate(looksAgain: true, &result)
    }
  }

  private static let passesMore = 2

  /// Returns false where the mailbox has to be gone through once more.
  ///
  /// - Parameter looksAgain: every copy is looked for at the target, whether there is anything else
  ///   to do or not.
  private func bringUpToDate(looksAgain: Bool, _ result: inout Result) async throws -> Bool {
    var standing = try await journal.standing(of: pair)
    let condition = try await condition(standing)
    let vanishedBefore = result.line.vanished
    // The first time, both sides are opened at once. What was listed before then is what counts
    // for the proof that they are two accounts.
    let listedBefore = standing.target == nil ? listed?.messages : nil
    async let ahead = listedBefore == nil ? nil : openTarget(lastKnown: nil)
    var records = try await journal.records(of: pair)
    let snapshot = try await snapshot(standing, records, condition)
    if let listingDoubt = snapshot.listingDoubt { observer(.notice("\(name): \(listingDoubt)")) }
    let hasMoved = try await retire(&records, by: snapshot, standing)
    try await takeBackRemoved(&records, listedIn: snapshot)
    standing = try await reopenDamaged(condition, snapshot, &records, standing)
    let work = WorkList(snapshot: snapshot, records: records)
    try await put(work, on: journal, of: snapshot)
    observer(
      .mailboxStarted(
        pair, messages: work.toMove.count,
        bytes: work.toMove.reduce(0) { $0 + max(0, $1.size) }))
    guard !stop.isRequested else { return true }

    var anchor = standing.target
    let flagPolicy =
      snapshot.traits.contains(.withoutFlags) ? RunOptions.FlagPolicy.keep : options.flagPolicy
    let drifts = flagPolicy == .keep ? [] : try await withoutOurMark(work.drifts)
    if !work.toMove.isEmpty || !drifts.isEmpty || standing.target == nil
      || hasNews(of: condition, work, snapshot, records) || standing.unlocated > 0 || looksAgain
      || hasUnfinished(records, standing)
    {
      let mailbox =
        if let mailbox = try await ahead { mailbox } else {
          try await openTarget(lastKnown: standing.target?.mailbox)
        }
      let targetSurvey = TargetSurvey(
        pair: pair, mailbox: mailbox, target: target, journal: journal, neighbours: neighbours,
        looksAtAll: looksAtAll(for: work, snapshot, standing, hasMoved: hasMoved),
        listed: listedBefore.map { Int($0) } ?? work.toMove.count)
      anchor = try await bringUpToDate(
        mailbox, on: targetSurvey, work: work, drifts: drifts, flagPolicy: flagPolicy,
        standing: standing, records: records, snapshot: snapshot, result: &result)
      guard anchor != nil else { return false }
    }
    result.line.damaged = try await damagedCopies(anchor)
    guard result.failure == nil, !stop.isRequested, result.line.flagsRefused == 0 else {
      return true
    }
    guard !snapshot.isShort else {
      throw SyncError(
        .listingIncomplete, scope: .mailbox, remedy: .stop, side: .source, mailbox: name,
        detail: snapshot.listingDoubt ?? "")
    }
    // What vanished after the listing is in its numbers all the same.
    let checkpoint = SourceCheckpoint(snapshot.status).sized(by: listed)
      .without(result.line.vanished - vanishedBefore)
    try await journal.finish(pair, source: checkpoint, target: anchor)
    return true
  }

  /// A run ended before it could put on record how far the target had come: it may have been put
  /// back to an earlier state since.
  private func hasUnfinished(_ records: [MessageRecord], _ standing: PairStanding) -> Bool {
    guard let anchor = standing.target else { return false }
    return records.contains { record in
      record.isAtTarget && record.targetUID.map { $0 >= anchor.uidNext } ?? false
    }
  }

  /// Whether copies may lie before the place on record at the target.
  private func looksAtAll(
    for work: WorkList, _ snapshot: MailboxSnapshot, _ standing: PairStanding, hasMoved: Bool
  ) -> Bool {
    !work.stale.isEmpty && (hasMoved || standing.source?.goesOn(in: snapshot) != true)
      || work.takesUpAgain || mayBeAtTargetForLong(work.unknown, snapshot, standing)
      || options.recopiesLost && work.mayBeKnownByOtherKeys
  }

  /// Whether something is listed for the first time though it is older than the last run, or under
  /// other numbers than then: what others copied to the target before that run may be its copy.
  private func mayBeAtTargetForLong(
    _ unknown: [Entry], _ snapshot: MailboxSnapshot, _ standing: PairStanding
  ) -> Bool {
    guard let source = standing.source, !unknown.isEmpty, pair.mapped.decision != .remainder,
      !snapshot.traits.contains(.keysMayChange)
    else { return false }
    guard source.uidValidity == snapshot.uidValidity else { return true }
    return source.uidNext.map { next in unknown.contains { $0.uid < next } } ?? false
  }

  /// Puts on record what a listing shows by itself.
  private func put(_ work: WorkList, on journal: any Journal, of snapshot: MailboxSnapshot)
    async throws
  {
    let status = snapshot.status
    if pair.mapped.identified(by: status.uidValidity, status.mailboxID) != pair.mapped {
      try await journal.identify(pair, by: status)
    }
    try await journal.enroll(work.unknown, uidValidity: snapshot.uidValidity, in: pair)
    // By the time this run has died, nobody may know any more that it was passed over.
    if work.takesUpAgain { try await journal.beginAtTheFirst(of: pair) }
    // What is listed again by the time this run has died is missed by no list of changes then.
    if !work.vanished.isEmpty { try await journal.forgetCheckpoint(of: pair) }
    let outcomes = work.vanished.map { Outcome.marked($0, .vanished) } + work.sizes
    if !outcomes.isEmpty { try await journal.record(outcomes, in: pair) }
  }

  /// Returns the place from which the next run has to look for messages without receipts; nil where
  /// the mailbox has to be gone through once more.
  private func bringUpToDate(
    _ mailbox: TargetMailbox, on targetSurvey: TargetSurvey, work: WorkList,
    drifts: [WorkList.FlagDrift], flagPolicy: RunOptions.FlagPolicy, standing: PairStanding,
    records: [MessageRecord], snapshot: MailboxSnapshot, result: inout Result
  ) async throws -> TargetAnchor? {
    let before = work.toMove.isEmpty ? TargetCondition() : try await condition(of: mailbox)
    var survey = try await targetSurvey.run(standing: standing, records: records)
    var drifts = drifts.map {
      WorkList.FlagDrift(record: survey.updated($0.record), flags: $0.flags)
    }.filter(\.record.isAtTarget)
    if survey.hasMoved {
      if mailbox.uidValidity.isKnown { tell(survey) }
      try await disbelieveNeighbours(in: mailbox.name)
    }
    let isAsked = !work.toMove.isEmpty || !survey.lost.isEmpty
    let condition = isAsked ? try await condition(of: mailbox, after: before) : before
    survey.damaged = condition.damaged
    let wanted = toMoveAgain(survey, records, in: snapshot)
    guard wanted.isEmpty else {
      try await journal.begin(pair, at: survey.anchor.from(UID(1)))
      try await wantAgain(wanted, records)
      return nil
    }
    result.line.lost = survey.lost.count
    let ghosts = try await giveUpGhosts(of: work, survey)
    if !work.toMove.isEmpty {
      try await journal.begin(pair, at: survey.anchor)
      survey.unclaimed = try await offer(
        survey.unclaimed, records, without: ghosts, beside: survey.others, condition, in: mailbox)
      let pumped = await pump(
        work, survey: survey, mailbox, uidValidity: snapshot.uidValidity, standing)
      result.add(pumped)
      guard pumped.failure == nil else { return survey.anchor }
      guard !pumped.recorded.gaveUIDsAgain(after: survey.lastUID, condition) else {
        try await disbelieveAll(in: mailbox.name)
        return nil
      }
      survey.lastUID = try await locate(
        pumped.recorded, on: targetSurvey, after: survey.lastUID, &result)
      drifts += pumped.adopted.filter {
        $0.flags != $0.record.flags || flagPolicy == .source
      }
    } else {
      try await subscribe(to: mailbox, standing)
    }
    let isOurs = try await carryFlags(
      drifts, by: flagPolicy, found: Set(survey.located.values), to: mailbox, &result)
    guard isOurs else {
      try await disbelieveAll(in: mailbox.name)
      return nil
    }
    try await noteVanished(work, from: snapshot, in: mailbox)
    try await noteListed(from: snapshot, in: mailbox)
    return targetSurvey.anchor(
      from: stop.isRequested ? survey.anchor.uidNext : survey.lastUID.next,
      isApart: survey.anchor.isApart, lastUID: survey.lastUID)
  }

  /// Finds the copies whose UIDs the target did not tell. Returns the highest UID of all.
  private func locate(
    _ recorded: RecordStage.Tally, on targetSurvey: TargetSurvey, after last: UID,
    _ result: inout Result
  ) async throws -> UID {
    let told = max(last, recorded.lastTargetUID ?? last)
    guard recorded.unlocated > 0 else { return told }
    let found = try await targetSurvey.locate(from: last.next)
    result.line.lost += found.lost
    return max(told, found.lastUID)
  }

  /// Records whose messages are listed under no key that is valid, and whose copies are gone or
  /// damaged as well, stand for nothing any more: what is like them is a message of its own.
  private func giveUpGhosts(of work: WorkList, _ survey: TargetSurvey.Findings) async throws
    -> [MessageRecord]
  {
    let ghosts = (work.stale + work.unlisted).map(survey.updated).filter {
      $0.isAtTarget && $0.removal != .removed && !survey.mayBeKnown(by: $0)
    }
    guard !ghosts.isEmpty else { return [] }
    let outcomes = ghosts.map { ghost -> Outcome in
      var ghost = ghost
      ghost.state = .vanished
      ghost.removal = ghost.removal?.whenListedAgain
      return .settled(ghost)
    }
    try await journal.record(outcomes, in: pair)
    return ghosts
  }

  private func pump(
    _ work: WorkList, survey: TargetSurvey.Findings, _ mailbox: TargetMailbox,
    uidValidity: UIDValidity,
    _ standing: PairStanding
  ) async -> Pump.Result {
    let pump = Pump(
      pair: pair, uidValidity: uidValidity, source: source, target: target, mailbox: mailbox,
      limits: limits, journal: journal, budget: budget, suspects: suspects, pacing: pacing,
      observer: observer, stop: stop, throttle: throttle)
    return await pump.run(
      work,
      adoption: Adoption(
        copies: survey.unclaimed, owners: survey.others.left,
        stale: (work.stale + work.unlisted).map(survey.updated).filter(survey.mayBeKnown),
        passedOver: work.passedOver, ownDigests: work.ownDigests)
    ) { try await subscribe(to: mailbox, standing) }
  }

  /// Subscribes as the source does, until the mailbox has once been dealt with to its end.
  private func subscribe(to mailbox: TargetMailbox, _ standing: PairStanding) async throws {
    guard standing.source == nil, pair.mapped.subscribe else { return }
    do {
      try await target.subscribe(to: mailbox)
    } catch let error as SyncError where error.scope == .mailbox {
      observer(.notice("not subscribed: \(error)"))
    }
  }
}

extension MailboxLineItem {
  fileprivate mutating func add(_ tally: RecordStage.Tally) {
    copied += tally.copied
    copiedBytes += tally.copiedBytes
    alreadyThere += tally.alreadyThere
    skipped += tally.skipped
    vanished += tally.vanished
  }
}
