// mailmove: exit codes.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import SyncEngine

/// How the command ends; the only place that decides an exit code.
/// docs/cli.md lists them.
package enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Everything selected is accounted for.
  case success = 0
  case internalFault = 1
  /// Wrong usage or configuration; nothing was touched.
  case usage = 2
  /// Finished; some messages or mailboxes were not moved, for reasons on record.
  case skips = 3
  /// A guard stopped it; somebody has to decide.
  case guarded = 4
  /// Run the same command again.
  case temporary = 5
  /// `verify` found differences.
  case differences = 6
  /// The ledger, the state folder or the disk.
  case localState = 7
  case locked = 8
  case cannotConnectSource = 10
  case cannotConnectTarget = 11
  case loginSource = 12
  case loginTarget = 13
  case tlsTrust = 14
  case targetFull = 15
  /// Ctrl-C.
  case interrupted = 130
  /// SIGTERM.
  case terminated = 143
}

extension ExitStatus {
  /// The code for something that ended a command.
  package init(_ error: SyncError) {
    self = Self.status(of: error.cause, side: error.side)
  }

  /// The code for a run.
  ///
  /// What ended the run decides; else the gravest of the mailboxes that were given up; else
  /// whether every message is accounted for (invariant 10). An end that could not be put on record
  /// makes it graver, never less grave.
  package init(_ report: Report) {
    let status = Self(outcomeOf: report)
    self = report.closingFailure.map { status.worse(ExitStatus($0)) } ?? status
  }

  private init(outcomeOf report: Report) {
    if let failure = report.failure {
      self.init(failure)
      return
    }
    let failures = report.mailboxes.compactMap(\.failure).map { ExitStatus($0) }
    if !failures.isEmpty {
      self = failures.reduce(.success) { $0.worse($1) }
    } else if report.total(\.pending) > 0 {
      self = .temporary
    } else if report.total(\.skipped) + report.total(\.lost) + report.total(\.kept) > 0 {
      self = .skips
    } else if report.total(\.damaged) > 0 || !report.damages.isEmpty {
      self = .skips
    } else {
      self = .success
    }
  }

  /// The code for a comparison; messages on record as not moved are skips and no difference, and
  /// so are folders that could not be compared, or that no run has put on record.
  package init(_ report: VerifyReport) {
    let kinds = Set(report.differences.map(\.kind))
    let failures = report.mailboxes.compactMap(\.failure).map { ExitStatus($0) }
    let status: ExitStatus =
      kinds.contains(where: Self.isBroken)
      ? .differences
      : kinds.contains(.notMoved) || !report.unmoved.isEmpty ? .skips : .success
    let all = failures.reduce(status) { $0.worse($1) }
    self = report.rules?.selectsNothing == true ? all.worse(.usage) : all
  }

  /// The code for a plan: whether every folder could be looked at, and there is any.
  package init(_ report: PlanReport, mayBeNothing: Bool = false) {
    let all = report.lines.compactMap(\.failure).reduce(ExitStatus.success) {
      $0.worse(ExitStatus($1))
    }
    let isNothing = report.rules?.selectsNothing == true && !mayBeNothing
    self = isNothing ? all.worse(.usage) : all
  }

  /// The code for a job as its ledger stands.
  ///
  /// A run that did not get to its end may have left mail behind that the ledger never heard of.
  package init(_ standing: LedgerStanding) {
    let summary = standing.summary
    let lastRun = standing.lastRun?.exitCode
    if summary.count(.pending) > 0 {
      self = .temporary
    } else if summary.count(.skipped) + summary.count(.lost) > 0 {
      self = .skips
    } else if lastRun == ExitStatus.success.rawValue {
      self = .success
    } else {
      self = lastRun == ExitStatus.skips.rawValue ? .skips : .temporary
    }
  }

  /// The code for a check: anything that is not as it was written is a difference.
  package init(_ report: CheckReport) { self = report.isClean ? .success : .differences }

  /// The code for an export; damaged messages were left out.
  package init(_ report: ArchiveExport.Report) { self = report.damages.isEmpty ? .success : .skips }

  /// The code for a salvage; something was lost.
  package init(_ report: Salvage.Report) { self = report.damages.isEmpty ? .success : .skips }

  /// The code after a signal: an interruption by SIGTERM has its own.
  package func after(_ signal: Int32?) -> ExitStatus {
    self == .interrupted && signal == 15 ? .terminated : self
  }

  /// The code when the metrics of a run could not be written: what the run itself failed of says
  /// more.
  package var withoutMetrics: ExitStatus { hasFinished ? .localState : self }

  /// The run went through: everything is accounted for, or not moved for reasons on record.
  var hasFinished: Bool { self == .success || self == .skips }

  /// The codes of runs that went through.
  package static let finished: [ExitStatus] = allCases.filter(\.hasFinished)

  /// The graver of two.
  package func worse(_ other: ExitStatus) -> ExitStatus { other.rank < rank ? other : self }

  private static func isBroken(_ kind: Difference.Kind) -> Bool {
    switch kind {
    case .unaccounted, .missing, .bytes, .rewritten, .header, .size, .flags, .date, .doubled,
      .mailbox:
      true
    case .notMoved: false
    }
  }

  private static func status(of cause: SyncError.Cause, side: SyncError.Side) -> ExitStatus {
    switch cause {
    case .cannotConnect, .tlsFailed:
      side == .target ? .cannotConnectTarget : .cannotConnectSource
    case .loginRefused, .noCommonMechanism, .passwordUnavailable:
      side == .target ? .loginTarget : .loginSource
    case .tlsUntrusted, .tlsTooWeak, .startTLSMissing, .clearTextInjected: .tlsTrust
    case .timedOut, .connectionLost, .serverSaidBye, .serverUnavailable, .throttled,
      .tooManyConnections, .protocolViolation, .mailboxChanged, .mailboxInUse,
      .removalNotConfirmed:
      .temporary
    case .permissionDenied, .mailboxMissing, .mailboxRefused, .mailboxNameRefused,
      .mailboxReadOnly, .messageTooBig, .messageRefused, .messageUnreadable, .messageEmpty,
      .messageIsStub, .messageCutShort, .messageDropsConnection, .messageLostAtTarget,
      .flagsRefused:
      .skips
    case .tooManyRefusals, .listingIncomplete, .tooManyRemovals, .cannotRemove,
      .archiveNotMounted:
      .guarded
    case .targetFull: .targetFull
    case .journalFailed, .journalNewer, .journalForeign, .stateUnwritable, .diskFull,
      .systemRefused,
      .archiveMissing, .archiveNewer, .archiveDamaged, .archiveFailed, .exportFailed:
      .localState
    case .journalLocked, .archiveLocked: .locked
    case .sameMailboxOnBothSides, .mapConflict, .nothingSelected: .usage
    case .interrupted: .interrupted
    case .internalFault: .internalFault
    }
  }

  /// Gravest first: which of several is told.
  private var rank: Int {
    let order: [ExitStatus] = [
      .internalFault, .localState, .locked, .tlsTrust, .loginSource, .loginTarget, .targetFull,
      .usage, .guarded, .cannotConnectSource, .cannotConnectTarget, .interrupted, .terminated,
      .differences, .temporary, .skips, .success,
    ]
    return order.firstIndex(of: self) ?? 0
  }
}
