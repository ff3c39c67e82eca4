// mailmove: messages that were not moved.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine
import Synchronization

/// One message that was not moved, as a line that says which and why.
enum SkipText {
  static func line(_ pair: MailboxPair, _ record: MessageRecord) -> String {
    let what = record.state == .lost ? SyncError.Cause.messageLostAtTarget : record.reason
    let side = what.map(Self.side) ?? .source
    var line =
      "\(pair.mapped.sourcePath), UID \(record.key.uid), \(Quantity.bytes(record.size)): "
      + (what?.sentence(for: side) ?? "not moved")
    if let note = record.note, !note.isEmpty { line += ": \(note)" }
    return SafeText.visible(line)
  }

  /// Whose doing it was.
  private static func side(_ cause: SyncError.Cause) -> SyncError.Side {
    let atTarget: Set<SyncError.Cause> = [
      .messageTooBig, .messageRefused, .messageLostAtTarget, .flagsRefused, .targetFull,
    ]
    return atTarget.contains(cause) ? .target : .source
  }
}

/// The skips of a run, as many as are shown at its end.
final class SkipList: Sendable {
  /// A longer list would push the table off the screen; `status` has all of them.
  static let shownMax = 20

  private let lines = Mutex<[String]>([])

  func note(_ event: RunEvent) {
    guard case .skipped(let pair, let record) = event else { return }
    lines.withLock { lines in
      if lines.count < Self.shownMax { lines.append(SkipText.line(pair, record)) }
    }
  }

  var shown: [String] { lines.withLock { $0 } }
}
