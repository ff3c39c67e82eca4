// mailmove: a whole run.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// How a run reaches its two sides. Each call makes a new connection, logged in and ready.
package struct RunEndpoints: Sendable {
  package let connectSource: @Sendable () async throws -> any MailSource
  package let connectTarget: @Sendable () async throws -> any MailTarget
  /// nil where nothing can be removed, as from an archive.
  package let connectRemover: (@Sendable () async throws -> any MailRemover)?

  package init(
    connectSource: @escaping @Sendable () async throws -> any MailSource,
    connectTarget: @escaping @Sendable () async throws -> any MailTarget,
    connectRemover: (@Sendable () async throws -> any MailRemover)? = nil
  ) {
    self.connectSource = connectSource
    self.connectTarget = connectTarget
    self.connectRemover = connectRemover
  }
}

/// A whole run: makes or takes up the folder map, then brings every mailbox up to date.
package struct Run: Sendable {
  private let endpoints: RunEndpoints
  private let journal: any Journal
  private let rules: MappingRules
  private let options: RunOptions
  private let pacing: Pacing
  private let observer: RunObserver
  private let stop: StopSignal

  package init(
    endpoints: RunEndpoints, journal: any Journal, rules: MappingRules, options: RunOptions,
    pacing: Pacing = .real, observer: @escaping RunObserver = { _ in },
    stop: StopSignal = StopSignal()
  ) {
    self.endpoints = endpoints
    self.journal = journal
    self.rules = rules
    self.options = options
    self.pacing = pacing
    self.observer = observer
    self.stop = stop
  }

  /// Runs to the end, to a stop, or to a failure that retrying does not get over. Never throws:
  /// how it ended is in the report.
  package func run() async -> Report {
    var report = Report()
    do {
      if options.retriesSkipped { try await reopenSkipped() }
      let contact = try await firstContact()
      let (connections, selection) = (contact.connections, contact.selection)
      for rule in contact.check.told { observer(.warning("\(rule)")) }
      report.rules = contact.check
      report.leftOut = selection.leftOut
      let before = try await journal.summary()
      try await giveUp(before, beside: selection)
      observer(
        .planned(mailboxes: selection.items.count, toCopy: selection.workload(before)))
      let lanes = try await lanes(for: selection.items, contact.there, connections)
      report = await work(selection, contact.there, connections, lanes: lanes, report)
      report.note(contact.unseen)
      if report.failure == nil, !stop.isRequested { try await clear(&report) }
      report.mailboxes += contact.damaged
      report.complete(with: try await journal.summary())
    } catch {
      report.failure = report.failure ?? SyncError.from(error)
    }
    if report.failure == nil, stop.isRequested {
      report.failure = SyncError(.interrupted, scope: .run, remedy: .stop, side: .local)
    }
    return report
  }

  /// The target may hold by now what was passed over: it is looked at from the first UID on. That
  /// is on record before the messages are wanted again, for the run that follows if this one dies.
  private func reopenSkipped() async throws {
    for line in try await journal.summary().mailboxes where line.counts[.skipped] ?? 0 > 0 {
      try await journal.beginAtTheFirst(of: line.pair)
    }
    _ = try await journal.reopen(.skipped)
  }

  /// Connects, lists and makes the folder map, again as far as the errors allow it.
  private func firstContact() async throws -> Contact {
    var retry = RetryPolicy(attemptsMax: min(options.attemptsMax, Self.firstAttemptsMax))
    while true {
      var open: Lane.Connections?
      do {
        let connections = try await Lane.Connections.open(endpoints)
        open = connections
        var contact = try await select(connections)
        let selection = contact.selection
        contact.damaged = try await damaged(
          beside: selection, contact.there, at: connections.target)
        if options.recopiesLost {
          let copies = LostCopies(
            source: connections.source, target: connections.target, journal: journal,
            observer: observer)
          contact.unseen = try await copies.reopen(in: selection.items.map(\.pair))
        }
        return contact
      } catch {
        await open?.close()
        let failure = SyncError.from(error)
        guard !stop.isRequested, let wait = retry.wait(after: failure, chance: pacing.chance())
        else { throw failure }
        observer(.retrying(failure, after: wait, attempt: retry.attempt))
        try await pacing.sleep(wait)
      }
    }
  }

  /// Somebody who mistyped a port should not wait for long; cron comes back by itself.
  private static let firstAttemptsMax = 2

  /// What the first contact brought.
  private struct Contact {
    let connections: Lane.Connections
    let selection: FolderSelection
    let there: TargetListing
    let check: RuleCheck
    /// Mailboxes that the source has no longer and whose copies the target knows to be damaged:
    /// that is told until it is settled (invariant 17).
    var damaged: [MailboxLineItem] = []
    /// Mailboxes in which lost copies were to be looked for in vain.
    var unseen: [MailboxPair: SyncError] = [:]
  }

  /// Both sides list at once: where mailboxes on record are not the same any more shows there.
  private func select(_ connections: Lane.Connections) async throws -> Contact {
    let frozen = try await journal.pairs()
    async let ahead = connections.target.mailboxes()
    let listing = try await connections.source.mailboxes()
    let (known, check) = try await decided(frozen, listing, rules)
    let there = try await ahead
    let selection = FolderSelection(listing: listing, frozen: known, rules: rules)
    guard selection.needsPlanning else {
      return Contact(
        connections: connections, selection: selection, there: TargetListing(there), check: check)
    }
    let map = try MailboxMapping.plan(
      for: listing, target: there, rules: rules,
      frozen: known.map(\.mapped).filter { $0.target != nil })
    for note in map.notes { observer(.notice("\(note)")) }
    let planned = FolderSelection(
      listing: listing, frozen: try await journal.freeze(map.rows), rules: rules)
    return Contact(
      connections: connections, selection: planned, there: TargetListing(there), check: check)
  }

  private func damaged(
    beside selection: FolderSelection, _ listed: TargetListing, at target: any MailTarget
  ) async throws -> [MailboxLineItem] {
    // Only a target that keeps a history knows of damage.
    guard target.notesVanished else { return [] }
    let there = selection.listed
    var lines: [MailboxLineItem] = []
    for pair in try await journal.pairs() where !there.contains(pair) {
      guard let anchor = try await journal.standing(of: pair).target else { continue }
      // What is on record of the numbers may be believed no more, and nobody looks again there.
      let now = listed.status(of: anchor.mailbox)?.uidValidity
      let condition = try await target.condition(
        of: anchor.mailbox, uidValidity: now ?? anchor.uidValidity)
      guard !condition.damaged.isEmpty else { continue }
      var line = MailboxLineItem(pair: pair)
      line.damaged = condition.damaged.count
      lines.append(line)
    }
    return lines
  }

  /// What of the map is to be kept, and whether the rules have an effect (invariant 18). Where a
  /// rule comes too late for mailboxes that were never made, it is not too late.
  private func decided(
    _ frozen: [MailboxPair], _ listing: MailboxListing, _ rules: MappingRules
  ) async throws -> ([MailboxPair], RuleCheck) {
    var known = frozen
    var check = RuleCheck(rules, listing, frozen: frozen.map(\.mapped))
    if check.comesTooLate {
      let unmade = try await journal.neverMade(frozen)
      if !unmade.isEmpty { known = try await journal.release(unmade) }
      check = RuleCheck(rules, listing, frozen: known.map(\.mapped))
    }
    guard check.selectsNothing, !rules.maySelectNothing else { return (known, check) }
    for rule in check.told { observer(.warning("\(rule)")) }
    throw SyncError.nothingSelected(check)
  }

  /// What was still to be moved out of mailboxes that the source has no longer is gone from it, and
  /// wanted again if one of them comes back.
  private func giveUp(_ summary: JobSummary, beside selection: FolderSelection) async throws {
    let there = selection.listed
    for line in summary.mailboxes
    where !there.contains(line.pair) && line.counts[.pending, default: 0] > 0 {
      let pending = try await journal.records(of: line.pair).filter { $0.state == .pending }
      try await journal.forgetCheckpoint(of: line.pair)
      try await journal.record(pending.map { .marked($0.key, .vanished) }, in: line.pair)
      observer(
        .notice(
          "\(line.pair.mapped.sourcePath): gone from the source, with \(pending.count) messages "
            + "that were not moved yet"))
    }
  }

  /// Removes from the source what was asked to be removed, in mailboxes that went through.
  private func clear(_ report: inout Report) async throws {
    guard let removal = options.removal else { return }
    guard let connectRemover = endpoints.connectRemover else {
      throw SyncError(
        .cannotRemove, scope: .run, remedy: .stop, side: .source,
        hint: "leave out --delete-source; nothing is ever removed from there")
    }
    let sourceRemoval = SourceRemoval(
      endpoints: endpoints, connectRemover: connectRemover, journal: journal, removal: removal,
      observer: observer, stop: stop)
    let pairs = report.mailboxes.filter { $0.failure == nil }.map(\.pair)
    for pair in pairs where pair.mapped.decision == .remainder {
      observer(
        .notice(
          "\(pair.mapped.sourcePath): nothing is removed from it. What is removed from a label "
            + "stays in it and would be copied again by the next run; see docs/servers.md"))
    }
    let tallies = try await sourceRemoval.run(pairs.filter { $0.mapped.decision != .remainder })
    for index in report.mailboxes.indices {
      guard let tally = tallies[report.mailboxes[index].pair] else { continue }
      report.mailboxes[index].removed = tally.removed
      report.mailboxes[index].kept = tally.unproven + tally.remaining
    }
  }

  /// How many pairs of connections are worth having: another one has to log in twice before it
  /// moves anything, so it wants more than one mailbox with something to do.
  private func lanes(
    for items: [MailboxQueue.Item], _ there: TargetListing, _ connections: Lane.Connections
  ) async throws -> Int {
    if let wanted = options.lanes { return max(1, min(wanted, items.count)) }
    let bearable = min(
      await connections.source.sessionsMax(), await connections.target.sessionsMax())
    guard bearable > 1 else { return 1 }
    var open = 0
    for item in items where open < bearable * Self.mailboxesPerLaneMin {
      let standing = try await journal.standing(of: item.pair)
      let isSound = standing.target.map(there.isContinued) ?? true
      if options.listsInFull || !isSound || !standing.provesUnchanged(item.status) { open += 1 }
    }
    return max(1, open / Self.mailboxesPerLaneMin)
  }

  private static let mailboxesPerLaneMin = 2

  private func work(
    _ selection: FolderSelection, _ there: TargetListing, _ connections: Lane.Connections,
    lanes: Int, _ start: Report
  ) async -> Report {
    let queue = MailboxQueue(selection.items)
    let lane = Lane(
      endpoints: endpoints, queue: queue, journal: journal, options: options, pacing: pacing,
      observer: observer, stop: stop, throttle: ThrottleGate(),
      names: TargetNames(selection.items.map(\.pair)), there: there,
      budgetBytes: max(Lane.budgetBytesMin, Lane.budgetBytesOfAll / Int64(lanes)))
    return await withTaskGroup(of: Lane.Result.self) { group in
      for number in 0..<lanes {
        group.addTask { await lane.run(number == 0 ? connections : nil) }
      }
      var report = start
      var done: [MailboxPair: MailboxLineItem] = [:]
      for await result in group {
        for line in result.lines { done[line.pair] = line }
        guard report.failure == nil, let failure = result.failure else { continue }
        report.failure = failure
        group.cancelAll()
      }
      report.mailboxes = selection.items.map { done[$0.pair] ?? MailboxLineItem(pair: $0.pair) }
      return report
    }
  }
}

extension Report {
  /// A mailbox that could not be looked at is not done, however its own turn went.
  fileprivate mutating func note(_ unseen: [MailboxPair: SyncError]) {
    for index in mailboxes.indices where mailboxes[index].failure == nil {
      mailboxes[index].failure = unseen[mailboxes[index].pair]
    }
  }

  /// Fills in what only the ledger knows: how many messages are where.
  fileprivate mutating func complete(with summary: JobSummary) {
    let known = Dictionary(
      summary.mailboxes.map { ($0.pair, $0.counts) }, uniquingKeysWith: { first, _ in first })
    // A loss is told until it is settled, also where the source has the mailbox no longer.
    let told = Set(mailboxes.map(\.pair) + leftOut)
    mailboxes += summary.mailboxes.filter {
      !told.contains($0.pair) && $0.counts[.lost, default: 0] > 0
    }.map { MailboxLineItem(pair: $0.pair) }
    for index in mailboxes.indices {
      guard let counts = known[mailboxes[index].pair] else { continue }
      mailboxes[index].atTarget = (counts[.stored] ?? 0) + (counts[.alreadyThere] ?? 0)
      mailboxes[index].skipped = counts[.skipped] ?? 0
      mailboxes[index].lost = counts[.lost] ?? 0
      mailboxes[index].pending = counts[.pending] ?? 0
    }
  }
}
