// mailmove: where a job stands.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SQLiteJournal
import SyncEngine

/// Where a job stands according to its ledger.
struct StatusText {
  let name: LedgerName
  let standing: LedgerStanding

  var head: [String] {
    guard let job = standing.job else {
      return [
        "\(name): nothing is on record yet",
        standing.isInUse
          ? "a run has just begun"
          : "a run was killed before its first change was on disk; run 'mailmove sync' again",
      ]
    }
    var lines = [SafeText.visible("\(name): \(job)"), overview]
    if let run = standing.lastRun { lines.append(Self.line(run)) }
    return lines
  }

  var table: [String] {
    let hasRemovals = removed(standing.summary.count) + kept(standing.summary.count) > 0
    var columns: [TextTable.Column] = [
      .init("folder"), .init("at target", isNumber: true), .init("size", isNumber: true),
      .init("to do", isNumber: true), .init("skipped", isNumber: true),
      .init("lost", isNumber: true), .init("gone at source", isNumber: true),
    ]
    if hasRemovals {
      columns += [.init("deleted", isNumber: true), .init("kept", isNumber: true)]
    }
    var table = TextTable(columns)
    for line in standing.summary.mailboxes {
      let count = { (state: MessageState) in line.counts[state] ?? 0 }
      let marks = { (mark: RemovalMark) in line.removals[mark] ?? 0 }
      table.add(
        [
          ReportText.name(line.pair), Quantity.count(count(.stored) + count(.alreadyThere)),
          Quantity.bytes(line.bytesAtTarget),
        ]
          + [.pending, .skipped, .lost, .vanished].map { Quantity.count(count($0)) }
          + (hasRemovals ? [removed(marks), kept(marks)].map { Quantity.count($0) } : []))
    }
    return table.lines
  }

  /// Every message that was not moved.
  var unmoved: [String] { standing.unmoved.map { SkipText.line($0.pair, $0.record) } }

  /// Every message that was to be deleted from the source and may still be there.
  var keptMessages: [String] {
    standing.kept.map { item in
      SafeText.visible(
        "\(item.pair.mapped.sourcePath), UID \(item.record.key.uid), "
          + "\(Quantity.bytes(item.record.size)): \(item.record.removal?.text ?? "")")
    }
  }

  /// The fields of the event `status`.
  var fields: [(String, JSON)] {
    let states: [(String, MessageState)] = [
      ("pending", .pending), ("stored", .stored), ("already_there", .alreadyThere),
      ("skipped", .skipped), ("vanished", .vanished), ("lost", .lost),
    ]
    let mailboxes = standing.summary.mailboxes.map { line in
      JSON.object(
        EventText.fields(of: line.pair) + states.map { ($0.0, JSON(line.counts[$0.1] ?? 0)) }
          + removals { line.removals[$0] ?? 0 }
          + [("bytes_at_target", JSON(line.bytesAtTarget))])
    }
    let lastRun: JSON? = standing.lastRun.map { run in
      [
        "started": .string(Timestamp.text(run.started)),
        "ended": JSON(run.ended.map(Timestamp.text)), "exit": JSON(run.exitCode),
        "state": .string(run.state.rawValue),
      ]
    }
    let list = { (messages: [LedgerStanding.Message]) in
      JSON.array(
        messages.map { item in
          .object(EventText.fields(of: item.pair) + EventText.fields(of: item.record))
        })
    }
    return [
      ("job", .string(name.description)), ("source_account", JSON(standing.job?.source)),
      ("target_account", JSON(standing.job?.target)),
    ] + states.map { ($0.0, JSON(standing.summary.count($0.1))) }
      + removals(standing.summary.count)
      + [
        ("mailboxes", .array(mailboxes)), ("unmoved", list(standing.unmoved)),
        ("kept_messages", list(standing.kept)), ("last_run", lastRun ?? .null),
      ]
  }

  private func removals(_ count: (RemovalMark) -> Int) -> [(String, JSON)] {
    [("removed", JSON(removed(count))), ("kept", JSON(kept(count)))]
  }

  /// Gone from the source by our doing, or marked for that.
  private func removed(_ count: (RemovalMark) -> Int) -> Int { count(.removed) + count(.flagged) }

  /// Was to be removed, and is not known to be.
  private func kept(_ count: (RemovalMark) -> Int) -> Int { count(.kept) + count(.proven) }

  private var overview: String {
    let summary = standing.summary
    let moved = summary.count(.stored) + summary.count(.alreadyThere)
    var parts = [
      Quantity.count(moved, "message") + " at the target",
      Quantity.count(summary.count(.pending)) + " to do",
      Quantity.count(summary.count(.skipped)) + " skipped",
    ]
    if summary.count(.lost) > 0 { parts.append("\(Quantity.count(summary.count(.lost))) lost") }
    if removed(summary.count) > 0 {
      parts.append("\(Quantity.count(removed(summary.count))) deleted from the source")
    }
    if kept(summary.count) > 0 {
      parts.append("\(Quantity.count(kept(summary.count))) kept at the source")
    }
    return parts.joined(separator: ", ")
  }

  private static func line(_ run: LedgerStanding.Run) -> String {
    let started = "last run began \(Timestamp.text(run.started))"
    guard let ended = run.ended else {
      return run.isLocked ? "\(started) and is running" : "\(started) and was killed"
    }
    let code = run.exitCode.map { " with exit code \($0)" } ?? ""
    return "\(started) and ended \(Timestamp.text(ended))\(code)"
  }
}
