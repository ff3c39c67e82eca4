// mailmove: where a job stands.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// Where a job stands according to its ledger.
struct StatusText {
  let name: LedgerName
  let standing: LedgerStanding

  var head: [String] {
    var lines = [
      SafeText.visible("\(name): \(standing.source) to \(standing.target)"), overview,
    ]
    if let run = standing.lastRun { lines.append(Self.line(run)) }
    return lines
  }

  var table: [String] {
    var table = TextTable([
      .init("folder"), .init("at target", isNumber: true), .init("size", isNumber: true),
      .init("to do", isNumber: true), .init("skipped", isNumber: true),
      .init("lost", isNumber: true), .init("gone at source", isNumber: true),
    ])
    for line in standing.summary.mailboxes {
      let count = { (state: MessageState) in line.counts[state] ?? 0 }
      table.add(
        [
          ReportText.name(line.pair), Quantity.count(count(.stored) + count(.alreadyThere)),
          Quantity.bytes(line.bytesAtTarget),
        ]
          + [.pending, .skipped, .lost, .vanished].map { Quantity.count(count($0)) })
    }
    return table.lines
  }

  /// Every message that was not moved.
  var unmoved: [String] { standing.unmoved.map { SkipText.line($0.pair, $0.record) } }

  /// The fields of the event `status`.
  var fields: [(String, JSON)] {
    let states: [(String, MessageState)] = [
      ("pending", .pending), ("stored", .stored), ("already_there", .alreadyThere),
      ("skipped", .skipped), ("vanished", .vanished), ("lost", .lost),
    ]
    let mailboxes = standing.summary.mailboxes.map { line in
      JSON.object(
        EventText.fields(of: line.pair) + states.map { ($0.0, JSON(line.counts[$0.1] ?? 0)) }
          + [("bytes_at_target", JSON(line.bytesAtTarget))])
    }
    let lastRun: JSON? = standing.lastRun.map { run in
      [
        "started": .string(Timestamp.text(run.started)),
        "ended": JSON(run.ended.map(Timestamp.text)), "exit": JSON(run.exitCode),
        "state": .string(run.state.rawValue),
      ]
    }
    let unmoved = standing.unmoved.map { item in
      JSON.object(EventText.fields(of: item.pair) + EventText.fields(of: item.record))
    }
    return [
      ("job", .string(name.description)), ("source_account", .string(standing.source)),
      ("target_account", .string(standing.target)),
    ] + states.map { ($0.0, JSON(standing.summary.count($0.1))) }
      + [
        ("mailboxes", .array(mailboxes)), ("unmoved", .array(unmoved)),
        ("last_run", lastRun ?? .null),
      ]
  }

  private var overview: String {
    let summary = standing.summary
    let moved = summary.count(.stored) + summary.count(.alreadyThere)
    var parts = [
      Quantity.count(moved, "message") + " at the target",
      Quantity.count(summary.count(.pending)) + " to do",
      Quantity.count(summary.count(.skipped)) + " skipped",
    ]
    if summary.count(.lost) > 0 { parts.append("\(Quantity.count(summary.count(.lost))) lost") }
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
