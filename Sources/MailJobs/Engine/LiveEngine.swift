// mailmove: the engine at work on real servers.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailEndpoints
import MailTransport
import SQLiteJournal
import SyncEngine

/// The engine at work on real servers, with the ledger in SQLite.
package struct LiveEngine: Engine {
  /// How long servers may take, and what passes for time between attempts.
  private let deadlines: Deadlines
  private let pacing: Pacing

  package init(deadlines: Deadlines = Deadlines(), pacing: Pacing = .real) {
    self.deadlines = deadlines
    self.pacing = pacing
  }

  /// Messages of one kind that `status` lists at most.
  private static let listedMax = 1_000_000

  package func sync(_ job: Job, hooks: RunHooks) async throws -> Report {
    try LedgerSearch.insistOnArchive(of: job)
    let journal = try openJournal(job)
    let ledgerRun = try await journal.beginRun(version: Version.current)
    let connections = EndpointConnections(
      job, keys: journal, expecting: try await expectation(of: job, journal),
      note: { mark, isContinuous in
        if !isContinuous {
          hooks.observer(
            .warning(
              "the archive at \(job.target.url.path) is older than the ledger, as after a copy was "
                + "put back: every message is looked for in it again"))
        }
        try await journal.note(mark, isContinuous: isContinuous)
      }, deadlines, hooks)
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: connections.source, connectTarget: connections.target,
        connectRemover: connections.remover),
      journal: journal, rules: job.rules, options: job.options, pacing: pacing,
      observer: hooks.observer, stop: hooks.stop)
    var report = await run.run()
    await connections.finish(&report)
    let status = ExitStatus(report).after(hooks.signal())
    do {
      try await journal.endRun(ledgerRun, exitCode: status.rawValue)
      try journal.close()
    } catch {
      // What the run did has to be told all the same.
      report.closingFailure = SyncError.from(error)
    }
    return report
  }

  package func plan(_ job: Job, hooks: RunHooks) async throws -> PlanReport {
    try LedgerSearch.insistOnArchive(of: job)
    let journal =
      job.hasLedger ? try SQLiteJournal.openForReading(at: job.ledger, of: job.owner) : nil
    let rules = job.rules
    let keys: any KeyBook = journal ?? PassingKeyBook()
    let connections = EndpointConnections(
      job, keys: keys, expecting: try await expectation(of: job, journal), deadlines, hooks)
    return try await withConnections(connections) { source, target in
      try await PlanRun(
        source: source, target: target, journal: journal, rules: rules,
        removal: job.options.removal
      ).run()
    }
  }

  package func verify(_ job: Job, level: VerifyLevel, hooks: RunHooks) async throws -> VerifyReport
  {
    try LedgerSearch.insistOnArchive(of: job)
    guard job.hasLedger,
      let journal = try SQLiteJournal.openForReading(at: job.ledger, of: job.owner)
    else {
      throw SyncError(
        .journalFailed, scope: .run, remedy: .stop, side: .local,
        detail: "there is none for these accounts",
        hint: "run 'mailmove sync' first, or give the right --state")
    }
    let rules = job.rules
    let connections = EndpointConnections(
      job, keys: journal, expecting: try await expectation(of: job, journal), deadlines, hooks)
    return try await withConnections(connections) { source, target in
      try await Verify(
        source: source, target: target, journal: journal, level: level,
        rules: rules, observer: hooks.verification
      ).run()
    }
  }

  package func probe(_ endpoint: Endpoint, hooks: RunHooks) async throws -> ProbeReport {
    try await endpoint.probe(deadlines, hooks)
  }

  package func standing(ofLedgerAt path: String) async throws -> LedgerStanding {
    guard let journal = try SQLiteJournal.openForReading(at: path) else {
      return LedgerStanding(isInUse: SQLiteJournal.isInUse(at: path))
    }
    var unmoved: [LedgerStanding.Message] = []
    for state in [MessageState.skipped, .lost] {
      unmoved += try await journal.messages(in: state, limit: Self.listedMax).map {
        LedgerStanding.Message(pair: $0.0, record: $0.1)
      }
    }
    var kept: [LedgerStanding.Message] = []
    for mark in [RemovalMark.kept, .proven] {
      kept += try await journal.messages(marked: mark, limit: Self.listedMax).map {
        LedgerStanding.Message(pair: $0.0, record: $0.1)
      }
    }
    let lastRun = try await Self.lastRun(in: journal)
    return LedgerStanding(
      job: journal.job, isInUse: lastRun?.isLocked ?? journal.isInUse,
      summary: try await journal.summary(), unmoved: unmoved, kept: kept, lastRun: lastRun)
  }

  package func history(ofLedgerAt path: String) async throws -> LedgerHistory? {
    guard FileManager.default.fileExists(atPath: path),
      let journal = try SQLiteJournal.openForReading(at: path)
    else { return nil }
    let history = LedgerHistory(
      lastRun: try await Self.lastRun(in: journal),
      lastSuccess: try await journal.lastEnd(withExitCodes: [ExitStatus.success.rawValue]),
      lastFinished: try await journal.lastEnd(
        withExitCodes: ExitStatus.finished.map(\.rawValue)),
      summary: try await journal.summary())
    try journal.close()
    return history
  }

  private static func lastRun(in journal: SQLiteJournal) async throws -> LedgerStanding.Run? {
    let first = try await journal.lastRun()
    let isInUse = journal.isInUse
    // A run without an end that holds no lock may have ended just now.
    let isOpen = first.map { $0.endedAt == nil } ?? false
    let last = isOpen && !isInUse ? try await journal.lastRun() : first
    return last.map {
      .init(
        started: $0.startedAt, ended: $0.endedAt, exitCode: $0.exitCode, isLocked: isInUse)
    }
  }

  private func openJournal(_ job: Job) throws -> SQLiteJournal {
    try SQLiteJournal.open(
      at: job.ledger, job: job.identity,
      formerly: LedgerSearch.former(job.identity, inLedgerAt: job.ledger))
  }

  /// What the ledger knows of an archive that is the target; nil when it knows of none.
  private func expectation(
    of job: Job, _ journal: SQLiteJournal?
  ) async throws -> ArchiveExpectation? {
    guard let journal, job.target.url.scheme == .archive else { return nil }
    let mark = try await journal.archiveMark()
    if mark == nil {
      // A ledger of an earlier format tells it by what is on record in it.
      let summary = try await journal.summary()
      guard summary.count(.stored) + summary.count(.alreadyThere) > 0 else { return nil }
    }
    return ArchiveExpectation(mark: mark, ledger: job.ledger)
  }

  private func withConnections<Result: Sendable>(
    _ connections: EndpointConnections,
    _ body: @Sendable (any MailSource, any TargetView) async throws -> Result
  ) async throws -> Result {
    async let opening = connections.source()
    let target = try await connections.view()
    let source = try await opening
    do {
      let result = try await body(source, target)
      await source.close()
      await target.close()
      return result
    } catch {
      await source.close()
      await target.close()
      throw error
    }
  }
}

extension Job {
  var hasLedger: Bool { FileManager.default.fileExists(atPath: ledger) }

  /// Whose its ledger is: the job's, maybe with an archive where that was before.
  fileprivate var owner: JobIdentity {
    LedgerSearch.former(identity, inLedgerAt: ledger) ?? identity
  }
}
