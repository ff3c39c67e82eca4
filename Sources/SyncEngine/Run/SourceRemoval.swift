// mailmove: removes from the source what is proven to be at the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Removes messages from the source, after everything was copied (invariant 7).
///
/// Counts first: nothing is touched if more would go than was agreed to. Then each copy is read
/// again from the target; what is proven is marked in the ledger; exactly that is removed in a
/// session of its own; and a third session looks whether it is gone. Killed anywhere, only proven
/// messages are missing at the source, and the ledger knows where their copies are.
struct SourceRemoval {
  let endpoints: RunEndpoints
  let connectRemover: @Sendable () async throws -> any MailRemover
  let journal: any Journal
  let removal: Removal
  let observer: RunObserver
  let stop: StopSignal

  /// What became of the messages of one mailbox.
  struct Tally: Sendable {
    var removed = 0
    /// Not removed, because the target does not hand out the same bytes.
    var unproven = 0
    /// Still there although the server had agreed to remove them.
    var remaining = 0
  }

  /// Messages that are read again, and removed, at one time.
  private static let windowMessages = 256

  private struct Work {
    let pair: MailboxPair
    let target: MailboxName
    let found: RemovalCandidates
    let uidValidity: UIDValidity
    let targetValidity: UIDValidity
    var proven: [(record: MessageRecord, proof: RemovalProof)] = []
    /// What the session that removes has removed.
    var removed: Set<UID> = []
    /// A message that is listed no longer may be listed under another key.
    var mayListAnew = false

    /// Whether a message that is listed no longer is gone.
    func isGone(_ record: MessageRecord) -> Bool {
      !mayListAnew || removed.contains(record.key.uid)
    }
  }

  /// Throws `SyncError`; what was removed by then is in the ledger.
  func run(_ pairs: [MailboxPair]) async throws -> [MailboxPair: Tally] {
    var tallies: [MailboxPair: Tally] = [:]
    let connections = try await Lane.Connections.open(endpoints)
    let tasks = try await closing(connections.close) {
      var tasks = try await listed(pairs, connections)
      try object(to: tasks)
      for index in tasks.indices where !stop.isRequested {
        let unproven = try await prove(&tasks[index], connections)
        tallies[tasks[index].pair, default: Tally()].unproven += unproven
        tallies[tasks[index].pair, default: Tally()].unproven += tellNameless(tasks[index])
      }
      return tasks
    }
    var work = tasks.filter { !$0.proven.isEmpty }
    guard !work.isEmpty, !stop.isRequested else { return tallies }
    try await remove(&work)
    return try await confirm(work, tallies)
  }

  /// Tells of messages that cannot be removed because nothing tells them apart; returns how many.
  private func tellNameless(_ task: Work) -> Int {
    let count = task.found.nameless
    if count > 0 {
      observer(
        .warning(
          "\(task.pair.mapped.source): \(count) messages stay at the source, because the server "
            + "gives them no unique-id of their own and nothing else tells them apart"))
    }
    return count
  }

  private func listed(_ pairs: [MailboxPair], _ connections: Lane.Connections) async throws
    -> [Work]
  {
    var tasks: [Work] = []
    var proving: [MailboxName: Set<UID>] = [:]
    for pair in pairs {
      let standing = try await journal.standing(of: pair)
      guard let anchor = standing.target else { continue }
      // In this order mail that arrives now cannot make one mailbox look like two.
      let target = try await connections.target.snapshot(of: anchor.mailbox, since: nil)
      let source = try await connections.source.snapshot(of: pair.mapped.source, since: nil)
      let found = RemovalCandidates(
        source: source, target: target, records: try await journal.records(of: pair),
        anchor: anchor, removal: removal,
        firstSeen: removal.before == nil ? [:] : try await journal.firstSeen(in: pair),
        proving: proving[anchor.mailbox, default: []])
      proving[anchor.mailbox, default: []].formUnion(found.candidates.lazy.map(\.copy.uid))
      if !found.gone.isEmpty {
        try await put(found.gone.map { $0.marked(.removed) }, in: pair)
        observer(
          .notice(
            "\(pair.mapped.sourcePath): what an earlier run was about to delete is gone from the "
              + "source: \(found.gone.count) messages"))
      }
      tasks.append(
        Work(
          pair: pair, target: anchor.mailbox, found: found, uidValidity: source.uidValidity,
          targetValidity: target.uidValidity))
    }
    return tasks
  }

  private func object(to tasks: [Work]) throws {
    if let same = tasks.first(where: { $0.found.mayBeOneMailbox }) {
      throw SyncError(
        .sameMailboxOnBothSides, scope: .run, remedy: .stop, side: .local,
        mailbox: same.pair.mapped.source,
        detail: "every message was there before, so it may be its own copy; nothing is removed")
    }
    let counts = tasks.map {
      (name: $0.pair.mapped.source, going: $0.found.candidates.count, listed: $0.found.listed)
    }
    if let objection = RemovalCeiling.objection(to: counts, confirmed: removal.confirmed) {
      throw objection
    }
  }

  /// Reads copies again and marks the proven ones in the ledger; returns how many are not proven.
  private func prove(_ task: inout Work, _ connections: Lane.Connections) async throws -> Int {
    var unproven = 0
    var rest = task.found.candidates[...]
    while !rest.isEmpty, !stop.isRequested {
      let window = rest.prefix(Self.windowMessages)
      rest = rest.dropFirst(Self.windowMessages)
      let proven = try await proven(window, of: task, connections)
      let found = Set(proven.map(\.record.key))
      let kept = window.filter { !found.contains($0.record.key) }
      unproven += kept.count
      try await journal.record(
        (proven.map { $0.record.marked(.proven) } + kept.map { $0.record.kept($0.original) })
          .map { .settled($0) }, in: task.pair)
      task.proven += proven
    }
    unproven += task.found.strangers
    let without = task.found.withoutCopy
    if !without.isEmpty, !stop.isRequested {
      unproven += without.count
      try await journal.record(without.map { .settled($0) }, in: task.pair)
    }
    if unproven > 0 {
      observer(
        .notice(
          "\(task.pair.mapped.source): \(unproven) messages stay at the source, because the "
            + "target does not hand out the same bytes, or has no copy of them"))
    }
    return unproven
  }

  private func proven(
    _ window: ArraySlice<RemovalCandidates.Candidate>, of task: Work,
    _ connections: Lane.Connections
  ) async throws -> [(record: MessageRecord, proof: RemovalProof)] {
    let copies = try await connections.target.identities(
      of: window.map(\.copy), in: task.target, uidValidity: task.targetValidity)
    let isExact: (RemovalCandidates.Candidate) -> Bool = { candidate in
      candidate.record.digest != nil
        && copies[candidate.copy.uid]?.digest == candidate.record.digest
    }
    var proven = window.filter(isExact).compactMap { $0.proof(of: nil) }
    let doubtful = window.filter { copies[$0.copy.uid] != nil && !isExact($0) }
    if removal.trustsRewritten, !doubtful.isEmpty {
      let originals = try await connections.source.identities(
        of: doubtful.map(\.original), in: task.pair.mapped.source, uidValidity: task.uidValidity)
      proven += doubtful.compactMap { candidate in
        guard let copy = copies[candidate.copy.uid],
          let original = originals[candidate.original.uid], original.evidence(that: copy) != nil
        else { return nil }
        return candidate.proof(of: original.digest)
      }
    }
    return proven
  }

  private func remove(_ tasks: inout [Work]) async throws {
    let remover = try await connectRemover()
    tasks = try await closing(remover.close) { [tasks] in
      if let obstacle = await remover.obstacle(to: removal.manner) { throw obstacle }
      var tasks = tasks
      for index in tasks.indices where !stop.isRequested {
        let name = tasks[index].pair.mapped.source
        let listing = try await remover.listing(of: name)
        guard listing.uidValidity == tasks[index].uidValidity else {
          throw SyncError(
            .mailboxChanged, scope: .mailbox, remedy: .stop, side: .source, mailbox: name)
        }
        tasks[index].mayListAnew = listing.mayListAnew
        let there = Set(listing.entries.map(\.uid))
        var rest = tasks[index].proven.map(\.proof).filter { there.contains($0.uid) }[...]
        while !rest.isEmpty, !stop.isRequested {
          tasks[index].removed.formUnion(
            try await remover.remove(
              Array(rest.prefix(Self.windowMessages)), from: name,
              uidValidity: tasks[index].uidValidity, manner: removal.manner))
          rest = rest.dropFirst(Self.windowMessages)
        }
      }
      try await remover.commit()
      return tasks
    }
  }

  /// Looks in a new session whether the messages are gone, and puts that on record.
  private func confirm(_ tasks: [Work], _ tallies: [MailboxPair: Tally]) async throws
    -> [MailboxPair: Tally]
  {
    var tallies = tallies
    let source = try await endpoints.connectSource()
    try await closing(source.close) {
      for task in tasks {
        let snapshot = try await source.snapshot(of: task.pair.mapped.source, since: nil)
        let there = Dictionary(
          snapshot.entries.map { ($0.uid, $0.flags) }, uniquingKeysWith: { first, _ in first })
        guard snapshot.uidValidity == task.uidValidity else { continue }
        let done = task.proven.map(\.record).compactMap { record -> MessageRecord? in
          guard let flags = there[record.key.uid] else {
            return task.isGone(record) ? record.marked(.removed) : nil
          }
          return flags.system.contains(.deleted) && removal.manner == .flagOnly
            ? record.marked(.flagged) : nil
        }
        try await put(done, in: task.pair)
        tallies[task.pair, default: Tally()].removed += done.count
        tallies[task.pair, default: Tally()].remaining += task.proven.count - done.count
      }
    }
    return tallies
  }

  /// The checkpoint says how many messages were there: without those that we removed ourselves, a
  /// later listing tells whether others came back in their place.
  private func put(_ records: [MessageRecord], in pair: MailboxPair) async throws {
    guard !records.isEmpty else { return }
    let standing = try await journal.standing(of: pair)
    if let source = standing.source {
      let removed = records.count { $0.removal == .removed }
      try await journal.finish(pair, source: source.without(removed), target: standing.target)
    }
    try await journal.record(records.map { .settled($0) }, in: pair)
  }
}

extension RemovalCandidates.Candidate {
  /// The record with what its message has to be to be removed; nil where its content is not known.
  ///
  /// - Parameter digest: of the bytes that are proven to be at the target; nil: those on record.
  fileprivate func proof(of digest: SHA256Digest?) -> (record: MessageRecord, proof: RemovalProof)?
  {
    guard let digest = digest ?? record.digest else { return nil }
    let proof = RemovalProof(
      uid: record.key.uid, listedSize: record.listedSize, internalDate: record.internalDate,
      fingerprint: record.fingerprint, digest: digest)
    return (record, proof)
  }
}
