// mailmove: the end of a run.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// What a run did, as a table and as one line.
struct ReportText {
  let report: Report
  let elapsed: Duration

  /// One line that says it all, for a log.
  var summary: String {
    let copiedBytes = report.mailboxes.reduce(0) { $0 + $1.copiedBytes }
    let copied = report.total(\.copied)
    var parts = [
      Quantity.count(copied, "message") + " copied"
        + (copied > 0 ? " (\(Quantity.bytes(copiedBytes)))" : ""),
      Quantity.count(report.total(\.alreadyThere)) + " already there",
      Quantity.count(report.total(\.flagsUpdated)) + " with flags updated",
      Quantity.count(report.total(\.skipped)) + " skipped",
    ]
    if report.total(\.flagsRefused) > 0 {
      parts.append("\(Quantity.count(report.total(\.flagsRefused))) with flags refused")
    }
    if report.total(\.lost) > 0 { parts.append("\(Quantity.count(report.total(\.lost))) lost") }
    if report.total(\.damaged) > 0 {
      parts.append("\(Quantity.count(report.total(\.damaged))) damaged at the target")
    }
    if report.total(\.removed) > 0 {
      parts.append("\(Quantity.count(report.total(\.removed))) deleted from the source")
    }
    if report.total(\.kept) > 0 {
      parts.append("\(Quantity.count(report.total(\.kept))) kept at the source")
    }
    if report.total(\.pending) > 0 {
      parts.append("\(Quantity.count(report.total(\.pending))) still to do")
    }
    let state = report.targetState.map { "; \(SafeText.visible($0))" } ?? ""
    return parts.joined(separator: ", ")
      + " in \(Quantity.count(report.mailboxes.count, "folder")), \(Quantity.time(elapsed))\(state)"
  }

  /// One row for each mailbox in which something happened.
  var table: [String] {
    let hasMore = report.total(\.pending) + report.total(\.lost) > 0
    var columns = [
      TextTable.Column("folder"), TextTable.Column("copied", isNumber: true),
      TextTable.Column("already there", isNumber: true),
      TextTable.Column("flags updated", isNumber: true),
      TextTable.Column("skipped", isNumber: true),
    ]
    if hasMore {
      columns.append(TextTable.Column("lost", isNumber: true))
      columns.append(TextTable.Column("still to do", isNumber: true))
    }
    var table = TextTable(columns)
    for item in report.mailboxes where hasNews(item) {
      table.add([Self.name(item.pair)] + cells({ item[keyPath: $0] }, hasMore))
    }
    if table.rows.count > 1 { table.add(["total"] + cells(report.total, hasMore)) }
    return table.lines
  }

  /// What the table leaves out: folders without news, and those that are not moved, by reason.
  var remarks: [String] {
    var lines: [String] = []
    let quiet = report.mailboxes.count { !hasNews($0) }
    if quiet > 0 {
      lines.append("nothing was done in \(Quantity.count(quiet, "folder"))")
    }
    var reasons: [String] = []
    for pair in report.leftOut where !reasons.contains(pair.mapped.reason) {
      reasons.append(pair.mapped.reason)
    }
    for reason in reasons {
      let paths = report.leftOut.filter { $0.mapped.reason == reason }.map(\.mapped.sourcePath)
      let shown = paths.prefix(Self.pathsShownMax).joined(separator: ", ")
      let rest = paths.count - Self.pathsShownMax
      let more = rest > 0 ? " and \(Quantity.count(rest)) more" : ""
      lines.append(SafeText.visible("left out: \(shown)\(more) (\(reason))"))
    }
    return lines
  }

  /// Folders with one reason that are named; `plan` names all of them.
  private static let pathsShownMax = 3

  private func hasNews(_ item: MailboxLineItem) -> Bool {
    let counts: [KeyPath<MailboxLineItem, Int>] = [
      \.copied, \.alreadyThere, \.flagsUpdated, \.flagsRefused, \.skipped, \.lost, \.pending,
      \.removed, \.kept, \.damaged,
    ]
    return item.failure != nil || counts.contains { item[keyPath: $0] > 0 }
  }

  /// The fields of the event `report`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    let failure: JSON = report.failure.map { .object(ErrorText.fields($0)) } ?? .null
    let closing: JSON = report.closingFailure.map { .object(ErrorText.fields($0)) } ?? .null
    return [
      ("exit", JSON(exit.rawValue)), ("seconds", JSON(elapsed.components.seconds)),
      ("copied", JSON(report.total(\.copied))),
      ("copied_bytes", JSON(report.mailboxes.reduce(0) { $0 + $1.copiedBytes })),
      ("already_there", JSON(report.total(\.alreadyThere))),
      ("flags_updated", JSON(report.total(\.flagsUpdated))),
      ("flags_refused", JSON(report.total(\.flagsRefused))),
      ("skipped", JSON(report.total(\.skipped))), ("vanished", JSON(report.total(\.vanished))),
      ("lost", JSON(report.total(\.lost))), ("damaged", JSON(report.total(\.damaged))),
      ("damages", .array(report.damages.map { .object(ErrorText.fields($0)) })),
      ("removed", JSON(report.total(\.removed))),
      ("kept", JSON(report.total(\.kept))), ("pending", JSON(report.total(\.pending))),
      ("mailboxes", .array(report.mailboxes.map { .object(EventText.fields(of: $0)) })),
      (
        "left_out",
        .array(
          report.leftOut.map {
            .object(EventText.fields(of: $0) + [("reason", .string($0.mapped.reason))])
          })
      ),
      ("failure", failure), ("closing_failure", closing),
      ("target_state", JSON(report.targetState)),
    ]
  }

  static func name(_ pair: MailboxPair) -> String {
    let source = pair.mapped.shownSource
    guard let target = pair.mapped.shownTarget, target != source else { return source }
    return "\(source) → \(target)"
  }

  private func cells(_ value: (KeyPath<MailboxLineItem, Int>) -> Int, _ hasMore: Bool) -> [String] {
    let paths: [KeyPath<MailboxLineItem, Int>] =
      [\.copied, \.alreadyThere, \.flagsUpdated, \.skipped] + (hasMore ? [\.lost, \.pending] : [])
    return paths.map { Quantity.count(value($0)) }
  }
}

extension MappedMailbox {
  /// The path at the source, for people; a name of no characters can be seen too.
  var shownSource: String { sourcePath.isEmpty ? "''" : sourcePath }

  /// The path at the target, for people; nil when the mailbox is not moved.
  var shownTarget: String? { target == nil ? nil : targetPath }
}
