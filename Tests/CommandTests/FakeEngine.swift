// mailmove: an engine that says what it is told to.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailWire
import SQLiteJournal
import SyncEngine
import Synchronization

@testable import MailCommands
@testable import MailJobs

/// An engine without servers, which remembers the job it was given.
final class FakeEngine: Engine {
  private let taken = Mutex<[Job]>([])
  let report: Report
  let failure: SyncError?
  /// What becomes of jobs with these names, instead of the report.
  let failures: [String: SyncError]
  /// What ledgers know of earlier runs; nil: they cannot be read.
  let history: LedgerHistory?
  /// The folders that a job's source lists, by the names of jobs.
  let folders: [String: [String]]
  /// Why a folder cannot be opened.
  let locked: SyncError?
  /// What happens during a run.
  let events: [RunEvent]
  /// Called when a job begins to run.
  private let onSync: @Sendable (Job) -> Void

  init(
    report: Report = Samples.report, failure: SyncError? = nil,
    failures: [String: SyncError] = [:], history: LedgerHistory? = nil,
    folders: [String: [String]] = [:], locked: SyncError? = nil,
    events: [RunEvent] = Samples.events,
    onSync: @escaping @Sendable (Job) -> Void = { _ in }
  ) {
    self.report = report
    self.failure = failure
    self.failures = failures
    self.history = history
    self.folders = folders
    self.locked = locked
    self.events = events
    self.onSync = onSync
  }

  /// The job it was given last.
  var job: Job? { taken.withLock { $0.last } }
  var jobs: [Job] { taken.withLock { $0 } }

  func sync(_ job: Job, hooks: RunHooks) async throws -> Report {
    try take(job)
    onSync(job)
    if let failure = job.name.flatMap({ failures[$0] }) { throw failure }
    for event in events { hooks.observer(event) }
    hooks.trace?("C: a1 NOOP")
    var report = report
    report.rules = check(job)
    for rule in report.rules?.told ?? [] { hooks.observer(.warning("\(rule)")) }
    return report
  }

  /// A folder that cannot be opened, if there is to be one.
  private var unreadable: [PlanReport.Line] {
    guard let locked else { return [] }
    return [
      .init(
        mapped: Samples.inbox.mapped, messages: nil, bytes: nil, done: 0, tooBig: nil,
        failure: locked)
    ]
  }

  private func check(_ job: Job) -> RuleCheck? {
    job.name.flatMap { folders[$0] }.map { names in
      let listing = MailboxListing(
        mailboxes: names.map { Mailbox(name: MailboxName(wire: $0), delimiter: nil) })
      return RuleCheck(job.rules, listing, frozen: [])
    }
  }

  func plan(_ job: Job, hooks: RunHooks) async throws -> PlanReport {
    try take(job)
    let left = Samples.pair(3, "[Gmail]/All Mail", nil)
    return PlanReport(
      lines: [
        .init(
          mapped: Samples.sent.mapped, messages: 7, bytes: 1234, done: 2, tooBig: 1,
          appendLimit: 10_000_000),
        .init(mapped: left.mapped, messages: nil, bytes: nil, done: 0, tooBig: nil),
      ] + unreadable,
      notes: ["two folders look like Sent"],
      limits: TargetLimits(
        appendLimit: 25_000_000), quota: Quota(usedBytes: 1000, limitBytes: 5_000_000_000),
      isFrozen: false,
      speed: .init(messages: 10, bytes: 1000, taken: .milliseconds(20)), rules: check(job))
  }

  func verify(_ job: Job, level: VerifyLevel, hooks: RunHooks) async throws -> VerifyReport {
    try take(job)
    for event in Samples.comparison { hooks.verification(event) }
    var mailbox = VerifiedMailbox(pair: Samples.inbox)
    mailbox.atSource = 2
    mailbox.compared = 2
    mailbox.differences = [
      Difference(
        kind: .missing, pair: Samples.inbox,
        key: SourceKey(uidValidity: UIDValidity(1), uid: UID(5)))
    ]
    mailbox.failure = locked
    if locked != nil { mailbox.differences = [] }
    var report = VerifyReport(level: level)
    report.mailboxes = [mailbox]
    return report
  }

  func probe(_ endpoint: Endpoint, hooks: RunHooks) async throws -> ProbeReport {
    if let failure { throw failure }
    var report = ProbeReport(
      tls: .init(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", isStartTLS: false),
      certificate: .init(
        subject: "CN=old.example.org", names: ["old.example.org"], issuer: "CN=Some CA",
        validFrom: "1970-01-01T00:00:00Z", validUntil: "2026-03-01T12:00:00Z",
        pin: SHA256Digest(of: [])),
      greeting: "* OK \u{1B}ready")
    report.capabilities = ["IMAP4rev1"]
    report.mechanisms = ["SCRAM-SHA-256", "PLAIN"]
    report.serverID = [.init(name: "name", value: "Dovecot")]
    if endpoint.credentials != nil {
      report.session = .init(
        capabilities: ["UIDPLUS"], limits: TargetLimits(), quota: nil,
        folders: [.init(path: "Gesendet", role: "sent", rule: "trusted name", messages: 7)])
    }
    return report
  }

  func standing(ofLedgerAt path: String) async throws -> LedgerStanding {
    if let failure { throw failure }
    let summary = JobSummary(mailboxes: [
      .init(pair: Samples.inbox, counts: [.stored: 1234, .skipped: 1], bytesAtTarget: 48_100_000)
    ])
    return LedgerStanding(
      job: JobIdentity(source: "imap://alice@old", target: "imap://alice@new"), isInUse: false,
      summary: summary, unmoved: [.init(pair: Samples.inbox, record: Samples.skip(7))],
      lastRun: .init(started: 0, ended: 60, exitCode: 3))
  }

  func history(ofLedgerAt path: String) async throws -> LedgerHistory? { history }

  private func take(_ job: Job) throws {
    taken.withLock { $0.append(job) }
    if let failure { throw failure }
  }
}

/// Streams that are remembered, and a clock that stands still.
final class Recorder: Sendable {
  private let written = Mutex<(output: String, errors: String)>(("", ""))
  private let bytes = Mutex<[UInt8]>([])
  let environment: [String: String]
  private let isWatched: Bool

  init(_ environment: [String: String], isWatched: Bool = false) {
    self.environment = environment
    self.isWatched = isWatched
  }

  var output: String { written.withLock { $0.output } }
  var errors: String { written.withLock { $0.errors } }
  /// What went to standard output as bytes and not as text.
  var delivered: [UInt8] { bytes.withLock { $0 } }

  var surroundings: Surroundings {
    let moment = ContinuousClock.now
    return Surroundings(
      environment: environment, isTerminal: { _ in self.isWatched }, width: { 80 },
      now: { moment }, seconds: { 1_772_366_400 },
      write: { text, stream in
        self.written.withLock { written in
          switch stream {
          case .output: written.output += text
          case .errors: written.errors += text
          }
        }
      },
      deliver: { bytes in
        self.bytes.withLock { $0 += bytes }
      })
  }
}
