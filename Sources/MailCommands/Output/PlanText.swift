// mailmove: the plan.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// What a run would do, as a table and for programs.
struct PlanText {
  let report: PlanReport

  var table: [String] {
    var table = TextTable([
      .init("folder"), .init("becomes"), .init("messages", isNumber: true),
      .init("size", isNumber: true), .init("done", isNumber: true), .init("why", widthMax: 72),
    ])
    for line in report.lines {
      let unknown = line.mapped.target == nil || line.isGone ? "" : "?"
      table.add([
        line.mapped.shownSource, line.mapped.shownTarget ?? "(left out)",
        line.messages.map { Quantity.count($0) } ?? unknown,
        line.bytes.map(Quantity.bytes) ?? unknown,
        line.mapped.target == nil ? "" : Quantity.count(line.done), Self.why(line),
      ])
    }
    return table.lines
  }

  private static func why(_ line: PlanReport.Line) -> String {
    if let failure = line.failure { return ErrorText.message(failure) }
    return line.isGone
      ? "gone from the source; what was moved stays at the target" : line.mapped.reason
  }

  /// Folders that could not be looked at.
  var failures: [SyncError] { report.lines.compactMap(\.failure) }

  var remarks: [String] {
    let moved = report.moved
    var lines = [
      "\(Quantity.count(report.messages, "message")) in \(Quantity.count(moved.count, "folder"))"
        + (report.bytes > 0 ? ", \(Quantity.bytes(report.bytes))" : "")
        + ", \(Quantity.count(moved.reduce(0) { $0 + $1.done })) of them done"
    ]
    if report.isFrozen {
      lines.append("the folder map is the one of an earlier run; --map and --into add to it")
    }
    let tooBig = report.lines.compactMap(\.tooBig).reduce(0, +)
    if tooBig > 0 {
      lines.append("\(Quantity.count(tooBig, "message")) larger than the target takes")
    }
    let removable = report.lines.compactMap(\.removable).reduce(0, +)
    if removable > 0 {
      lines.append(
        "\(Quantity.count(removable, "message")) would then be deleted from the source, "
          + "those whose copies are proven")
    }
    lines += LimitsText.lines(report.limits, report.quota) + ownLimits
    return lines + report.notes.map { "note: \(SafeText.visible($0))" }
  }

  /// Limits of single folders that are stricter than the account's.
  private var ownLimits: [String] {
    report.lines.compactMap { line in
      guard let most = line.appendLimit, most != report.limits.appendLimit else { return nil }
      let folder = line.mapped.shownTarget ?? line.mapped.sourcePath
      return "\(folder) takes messages up to \(Quantity.bytes(most))"
    }
  }

  /// The fields of the event `plan`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    [
      ("exit", JSON(exit.rawValue)),
      ("messages", JSON(report.messages)), ("bytes", JSON(report.bytes)),
      ("frozen", .bool(report.isFrozen)), ("limits", LimitsText.json(report.limits, report.quota)),
      ("notes", .array(report.notes.map(JSON.string))),
      ("mailboxes", .array(report.lines.map(json))),
    ]
  }

  private func json(_ line: PlanReport.Line) -> JSON {
    .object([
      ("source", .string(line.mapped.sourcePath)),
      ("target", JSON(line.mapped.shownTarget)),
      ("decision", .string(line.mapped.decision.rawValue)),
      ("role", JSON(line.mapped.role?.rawValue)),
      ("rule", .string(line.mapped.roleRule.rawValue)),
      ("reason", .string(line.mapped.reason)),
      ("messages", JSON(line.messages)), ("bytes", JSON(line.bytes)),
      ("done", JSON(line.done)), ("too_big", JSON(line.tooBig)),
      ("append_limit", JSON(line.appendLimit)), ("removable", JSON(line.removable)),
      ("gone", .bool(line.isGone)),
      ("failure", line.failure.map { .object(ErrorText.fields($0)) } ?? .null),
    ])
  }
}

/// What a target will not take.
enum LimitsText {
  static func lines(_ limits: TargetLimits, _ quota: Quota?) -> [String] {
    var lines: [String] = []
    if let most = limits.appendLimit {
      lines.append("the target takes messages up to \(Quantity.bytes(most))")
    }
    if let quota {
      if let most = quota.limitBytes {
        let used = quota.usedBytes.map { "\(Quantity.bytes($0)) of " } ?? ""
        lines.append("quota: \(used)\(Quantity.bytes(most))")
      }
      if let most = quota.limitMessages {
        let used = quota.usedMessages.map { "\(Quantity.count($0)) of " } ?? ""
        lines.append("quota: \(used)\(Quantity.count(most, "message"))")
      }
    }
    return lines
  }

  static func json(_ limits: TargetLimits, _ quota: Quota?) -> JSON {
    .object([
      ("append_limit", JSON(limits.appendLimit)),
      ("quota_used_bytes", JSON(quota?.usedBytes)),
      ("quota_limit_bytes", JSON(quota?.limitBytes)),
      ("quota_used_messages", JSON(quota?.usedMessages)),
      ("quota_limit_messages", JSON(quota?.limitMessages)),
    ])
  }
}
