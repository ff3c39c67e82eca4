// mailmove: tests of exit codes.
// SPDX-License-Identifier: Apache-2.0

import SQLiteJournal
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct ExitStatusTests {
  /// Codes at the source, at the target, and here.
  private static let table: [SyncError.Cause: (Int32, Int32, Int32)] = [
    .cannotConnect: (10, 11, 10), .tlsFailed: (10, 11, 10),
    .timedOut: (5, 5, 5), .connectionLost: (5, 5, 5), .serverSaidBye: (5, 5, 5),
    .serverUnavailable: (5, 5, 5), .throttled: (5, 5, 5), .tooManyConnections: (5, 5, 5),
    .protocolViolation: (5, 5, 5), .mailboxChanged: (5, 5, 5),
    .tlsUntrusted: (14, 14, 14), .tlsTooWeak: (14, 14, 14), .startTLSMissing: (14, 14, 14),
    .clearTextInjected: (14, 14, 14),
    .loginRefused: (12, 13, 12), .noCommonMechanism: (12, 13, 12),
    .passwordUnavailable: (12, 13, 12),
    .permissionDenied: (3, 3, 3), .mailboxMissing: (3, 3, 3), .mailboxRefused: (3, 3, 3),
    .mailboxNameRefused: (3, 3, 3), .mailboxReadOnly: (3, 3, 3), .mailboxInUse: (5, 5, 5),
    .messageTooBig: (3, 3, 3),
    .messageRefused: (3, 3, 3), .messageUnreadable: (3, 3, 3), .messageEmpty: (3, 3, 3),
    .messageCutShort: (3, 3, 3),
    .messageIsStub: (3, 3, 3), .messageDropsConnection: (3, 3, 3),
    .messageLostAtTarget: (3, 3, 3), .flagsRefused: (3, 3, 3),
    .tooManyRefusals: (4, 4, 4), .listingIncomplete: (4, 4, 4),
    .tooManyRemovals: (4, 4, 4), .cannotRemove: (4, 4, 4), .removalNotConfirmed: (5, 5, 5),
    .archiveMissing: (7, 7, 7), .archiveNotMounted: (4, 4, 4), .archiveNewer: (7, 7, 7),
    .archiveDamaged: (7, 7, 7), .archiveFailed: (7, 7, 7), .exportFailed: (7, 7, 7),
    .archiveLocked: (8, 8, 8),
    .targetFull: (15, 15, 15),
    .journalFailed: (7, 7, 7), .journalNewer: (7, 7, 7), .journalForeign: (7, 7, 7),
    .stateUnwritable: (7, 7, 7), .diskFull: (7, 7, 7), .journalLocked: (8, 8, 8),
    .systemRefused: (7, 7, 7),
    .sameMailboxOnBothSides: (2, 2, 2), .mapConflict: (2, 2, 2), .nothingSelected: (2, 2, 2),
    .interrupted: (130, 130, 130), .internalFault: (1, 1, 1),
  ]

  @Test(arguments: SyncError.Cause.allCases)
  func everyCauseHasItsCodeOnEverySide(cause: SyncError.Cause) throws {
    let codes = try #require(Self.table[cause])
    let sides: [(SyncError.Side, Int32)] = [
      (.source, codes.0), (.target, codes.1), (.local, codes.2),
    ]
    for (side, code) in sides {
      let error = SyncError(cause, scope: .run, remedy: .stop, side: side)
      #expect(MailJobs.ExitStatus(error).rawValue == code)
    }
  }

  @Test func zeroMeansThatEverythingIsAccountedFor() {
    #expect(MailJobs.ExitStatus(Report()) == .success)
    var report = Samples.report
    report.mailboxes[0].skipped = 0
    #expect(MailJobs.ExitStatus(report) == .success)
    report.mailboxes[0].vanished = 2
    #expect(MailJobs.ExitStatus(report) == .success)
    report.mailboxes[0].skipped = 1
    #expect(MailJobs.ExitStatus(report) == .skips)
    report.mailboxes[0].skipped = 0
    report.mailboxes[1].lost = 1
    #expect(MailJobs.ExitStatus(report) == .skips)
    report.mailboxes[1].lost = 0
    report.mailboxes[1].kept = 1
    #expect(MailJobs.ExitStatus(report) == .skips)
    report.mailboxes[1].pending = 1
    #expect(MailJobs.ExitStatus(report) == .temporary)
  }

  @Test func theGravestFolderDecidesAndTheEndOfTheRunBeforeIt() {
    var report = Samples.report
    report.mailboxes[0].failure = Samples.error(.mailboxRefused, .source)
    #expect(MailJobs.ExitStatus(report) == .skips)
    report.mailboxes[1].failure = Samples.error(.targetFull, .target)
    #expect(MailJobs.ExitStatus(report) == .targetFull)
    report.failure = Samples.error(.throttled, .target)
    #expect(MailJobs.ExitStatus(report) == .temporary)
  }

  @Test func termIsToldFromCtrlC() {
    #expect(MailJobs.ExitStatus.interrupted.after(2) == .interrupted)
    #expect(MailJobs.ExitStatus.interrupted.after(15) == .terminated)
    #expect(MailJobs.ExitStatus.interrupted.after(nil) == .interrupted)
    #expect(MailJobs.ExitStatus.success.after(15) == .success)
  }

  @Test(arguments: Difference.Kind.allCases)
  func onlyBrokenPromisesAreDifferences(kind: Difference.Kind) {
    var report = VerifyReport(level: .bytes)
    var mailbox = VerifiedMailbox(pair: Samples.inbox)
    mailbox.differences = [Difference(kind: kind, pair: Samples.inbox)]
    report.mailboxes = [mailbox]
    let expected: MailJobs.ExitStatus =
      switch kind {
      case .notMoved: .skips
      case .unaccounted, .missing, .bytes, .rewritten, .header, .size, .flags, .date, .doubled,
        .mailbox:
        .differences
      }
    #expect(MailJobs.ExitStatus(report) == expected)
  }

  @Test func aFolderThatNoRunHasPutOnRecordIsNoDifferenceAndNoSuccess() {
    var report = VerifyReport(level: .bytes)
    report.unmoved = [UnmovedMailbox(mapped: Samples.inbox.mapped, messages: 3)]
    #expect(MailJobs.ExitStatus(report) == .skips)
    var mailbox = VerifiedMailbox(pair: Samples.inbox)
    mailbox.differences = [Difference(kind: .missing, pair: Samples.inbox)]
    report.mailboxes = [mailbox]
    #expect(MailJobs.ExitStatus(report) == .differences)
  }

  @Test(
    arguments: [
      ([.stored: 5, .vanished: 1], 0, .success), ([.stored: 5, .skipped: 1], 3, .skips),
      ([.skipped: 1, .pending: 1], 3, .temporary), ([.lost: 1], 0, .skips),
      ([:], 11, .temporary), ([:], nil, .temporary), ([.stored: 5], 3, .skips),
    ] as [([MessageState: Int], Int32?, MailJobs.ExitStatus)])
  func aJobIsDoneWhenItsLastRunSaidSo(
    counts: [MessageState: Int], lastRun: Int32?, expected: MailJobs.ExitStatus
  ) {
    let summary = JobSummary(mailboxes: [
      .init(pair: Samples.inbox, counts: counts, bytesAtTarget: 0)
    ])
    let standing = LedgerStanding(
      job: JobIdentity(source: "", target: ""), isInUse: false, summary: summary,
      lastRun: .init(started: 0, ended: lastRun.map { _ in 1 }, exitCode: lastRun))
    #expect(MailJobs.ExitStatus(standing) == expected)
  }
}
