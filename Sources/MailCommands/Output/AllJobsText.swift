// mailmove: the end of all jobs.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// How the runs of all jobs ended, as a table and for programs.
struct AllJobsText {
  let outcomes: [JobOutcome]
  let elapsed: Duration

  var table: [String] {
    var table = TextTable([
      .init("job"), .init("copied", isNumber: true), .init("already there", isNumber: true),
      .init("flags updated", isNumber: true), .init("skipped", isNumber: true), .init("result"),
      .init("exit code", isNumber: true),
    ])
    let counts: [KeyPath<MailboxLineItem, Int>] = [
      \.copied, \.alreadyThere, \.flagsUpdated, \.skipped,
    ]
    for outcome in outcomes {
      table.add(
        [outcome.job]
          + counts.map { count in outcome.report.map { Quantity.count($0.total(count)) } ?? "" }
          + [Self.result(outcome), outcome.status.map { "\($0.rawValue)" } ?? ""])
    }
    return table.lines
  }

  /// The fields of the event `all-finished`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    let jobs = outcomes.map { outcome in
      JSON.object([
        ("job", .string(outcome.job)), ("exit", JSON(outcome.status?.rawValue)),
        ("result", .string(Self.result(outcome))),
      ])
    }
    return [
      ("exit", JSON(exit.rawValue)), ("seconds", JSON(elapsed.components.seconds)),
      ("jobs", .array(jobs)),
    ]
  }

  /// The fields of the event `job-finished`, which has the job's name already.
  static func fields(of outcome: JobOutcome) -> [(String, JSON)] {
    let total = { (count: KeyPath<MailboxLineItem, Int>) in JSON(outcome.report?.total(count)) }
    return [
      ("exit", JSON(outcome.status?.rawValue)), ("result", .string(result(outcome))),
      ("seconds", JSON(outcome.elapsed.components.seconds)), ("copied", total(\.copied)),
      ("copied_bytes", JSON(outcome.report?.mailboxes.reduce(0) { $0 + $1.copiedBytes })),
      ("already_there", total(\.alreadyThere)), ("flags_updated", total(\.flagsUpdated)),
      ("skipped", total(\.skipped)), ("lost", total(\.lost)), ("pending", total(\.pending)),
    ]
  }

  private static func result(_ outcome: JobOutcome) -> String {
    outcome.status?.words ?? "not begun"
  }
}

extension ExitStatus {
  /// How a run ended, in a few words.
  var words: String {
    switch self {
    case .success: "everything is accounted for"
    case .internalFault: "a fault in mailmove"
    case .usage: "wrong usage or configuration"
    case .skips: "finished, not everything was moved"
    case .guarded: "a guard stopped it"
    case .temporary: "not finished, run it again"
    case .differences: "differences were found"
    case .localState: "the ledger, the state folder or the disk"
    case .locked: "another run is going on"
    case .cannotConnectSource: "cannot connect to the source"
    case .cannotConnectTarget: "cannot connect to the target"
    case .loginSource: "login refused by the source"
    case .loginTarget: "login refused by the target"
    case .tlsTrust: "TLS cannot be trusted"
    case .targetFull: "the target is full"
    case .interrupted, .terminated: "interrupted"
    }
  }
}
