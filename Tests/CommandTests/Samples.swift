// mailmove: values for the tests of the command.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Values for tests.
enum Samples {
  static let inbox = pair(1, "INBOX", "INBOX")
  static let sent = pair(2, "Gesendet", "Sent")

  static func pair(_ id: Int64, _ source: String, _ target: String?) -> MailboxPair {
    var mapped = MappedMailbox(
      source: MailboxName(wire: source), sourceDelimiter: 0x2F, sourcePath: source,
      decision: target == nil ? .skipped : .same, reason: "same name")
    mapped.target = target.map { MailboxName(wire: $0) }
    mapped.targetPath = target
    return MailboxPair(id: id, mapped: mapped)
  }

  /// Two folders; one message of the first was skipped.
  static var report: Report {
    var first = MailboxLineItem(pair: inbox)
    first.copied = 1234
    first.copiedBytes = 48_100_000
    first.skipped = 1
    var second = MailboxLineItem(pair: sent)
    second.alreadyThere = 7
    second.flagsUpdated = 2
    return Report(mailboxes: [first, second])
  }

  static func error(_ cause: SyncError.Cause, _ side: SyncError.Side) -> SyncError {
    SyncError(
      cause, scope: .endpoint, remedy: .stop, side: side, mailbox: .inbox,
      detail: "NO [ALERT] \u{202E}evil")
  }

  static func skip(_ uid: UInt32) -> MessageRecord {
    MessageRecord(
      key: SourceKey(uidValidity: UIDValidity(9), uid: UID(uid)), state: .skipped,
      size: 52_000_000, reason: .messageTooBig, note: "the limit is 25 MB")
  }

  static var comparison: [VerifyEvent] {
    [
      .planned(mailboxes: 2, toCompare: Workload(messages: 1235, bytes: 48_200_000)),
      .mailboxStarted(inbox), .compared(inbox, messages: 512, bytes: 20_000_000),
      .mailboxFinished(VerifiedMailbox(pair: inbox)),
    ]
  }

  static var warning: RunEvent { .warning("--include Wrok fits no folder \u{1B}[31mred") }

  /// One of each event but the warning.
  static var events: [RunEvent] {
    [
      .planned(mailboxes: 2), .mailboxStarted(inbox, messages: 1235, bytes: 100_100_000),
      .settled(inbox, messages: 1234, bytes: 48_100_000), .skipped(inbox, skip(7)),
      .mailboxFinished(report.mailboxes[0]),
      .retrying(error(.throttled, .target), after: .milliseconds(1500), attempt: 2),
      .notice("a folder is \u{1B}[31mred"),
    ]
  }
}
