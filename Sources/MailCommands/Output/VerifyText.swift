// mailmove: what a comparison found, as words.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import MailWire
import SyncEngine

/// What a comparison found, as a table, as lines and for programs.
struct VerifyText {
  let report: VerifyReport

  var table: [String] {
    var table = TextTable([
      .init("folder"), .init("source", isNumber: true), .init("on record", isNumber: true),
      .init("target", isNumber: true), .init("compared", isNumber: true),
      .init("differences", isNumber: true),
    ])
    for mailbox in report.mailboxes {
      table.add([
        ReportText.name(mailbox.pair), count(mailbox.atSource, in: mailbox),
        Quantity.count(mailbox.onRecord), count(mailbox.atTarget, in: mailbox),
        Quantity.count(mailbox.compared), Quantity.count(mailbox.differences.count),
      ])
    }
    return table.lines
  }

  /// A number that was not learnt is none.
  private func count(_ number: Int, in mailbox: VerifiedMailbox) -> String {
    mailbox.failure != nil && number == 0 ? "?" : Quantity.count(number)
  }

  var summary: String {
    let compared = report.mailboxes.reduce(0) { $0 + $1.compared }
    let found = report.differences.count
    let failed = report.mailboxes.count { $0.failure != nil }
    return "\(Quantity.count(compared, "message")) compared by \(report.level.rawValue) in "
      + "\(Quantity.count(report.mailboxes.count - failed, "folder")): "
      + (found == 0 ? "no differences" : Quantity.count(found, "difference"))
      + (failed == 0 ? "" : "; \(Quantity.count(failed, "folder")) could not be compared")
  }

  /// What is no difference and worth knowing.
  var remarks: [String] {
    let found = report.mailboxes.reduce(0) { $0 + $1.foundByContent }
    let placed =
      found == 0
      ? nil
      : "\(Quantity.count(found, "message")) found at the target by content, where the ledger "
        + "does not have them"
    let numbersOnly =
      report.level == .counts
      ? "only numbers were compared: messages that differ, or of which one is gone and another "
        + "came, do not show; --level metadata looks at each" : nil
    return [placed, unmoved, numbersOnly].compactMap(\.self)
  }

  /// What is still to be moved; nil where nothing is.
  private var unmoved: String? {
    let folders = report.unmoved.count
    // A server may say any number.
    let messages =
      report.mailboxes.reduce(0) { $0 + $1.unaccounted }
      + report.unmoved.reduce(0) { $0 + Int(min($1.messages ?? 0, Int64(UInt32.max))) }
    var parts: [String] = []
    if folders > 0 { parts.append(Quantity.count(folders, "folder")) }
    if messages > 0 { parts.append(Quantity.count(messages, "message")) }
    guard !parts.isEmpty else { return nil }
    return "\(parts.joined(separator: " and ")) at the source "
      + (folders + messages == 1 ? "is" : "are") + " not on record yet; run 'sync'"
  }

  /// One line for each folder that is still to be moved, as many as `limit`.
  func unmovedFolders(limit: Int) -> [String] {
    report.unmoved.prefix(limit).map { folder in
      let messages = folder.messages.map { ": \(Quantity.count($0, "message"))" } ?? ""
      return SafeText.visible("\(folder.mapped.shownSource): not on record yet\(messages)")
    }
  }

  /// One line for each difference, as many as `limit`.
  func differences(limit: Int) -> [String] {
    report.differences.prefix(limit).map { difference in
      var line = difference.pair.mapped.shownSource
      if let key = difference.key { line += ", \(key)" }
      line += ": \(Self.sentence(difference.kind))"
      if !difference.detail.isEmpty { line += ": \(difference.detail)" }
      return SafeText.visible(line)
    }
  }

  /// What to do about copies that are gone; nil where none is.
  var advice: String? {
    let isGone = report.differences.contains { $0.kind == .missing || $0.kind == .mailbox }
    return isGone
      ? "what is missing at the target is copied again by 'sync' with --recopy-lost" : nil
  }

  /// The fields of the event `verify`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    [
      ("exit", JSON(exit.rawValue)), ("level", .string(report.level.rawValue)),
      ("mailboxes", .array(report.mailboxes.map(json))),
      ("differences", .array(report.differences.map(json))),
      ("unmoved", .array(report.unmoved.map(json))),
    ]
  }

  private func json(_ folder: UnmovedMailbox) -> JSON {
    .object([
      ("source", .string(folder.mapped.sourcePath)), ("target", JSON(folder.mapped.shownTarget)),
      ("messages", JSON(folder.messages)),
    ])
  }

  private func json(_ mailbox: VerifiedMailbox) -> JSON {
    .object(
      EventText.fields(of: mailbox.pair) + [
        ("at_source", JSON(mailbox.atSource)), ("on_record", JSON(mailbox.onRecord)),
        ("at_target", JSON(mailbox.atTarget)), ("compared", JSON(mailbox.compared)),
        ("found_by_content", JSON(mailbox.foundByContent)),
        ("differences", JSON(mailbox.differences.count)),
        ("failure", mailbox.failure.map { .object(ErrorText.fields($0)) } ?? .null),
      ])
  }

  private func json(_ difference: Difference) -> JSON {
    .object(
      [("kind", .string(difference.kind.rawValue))] + EventText.fields(of: difference.pair) + [
        ("uid", JSON(difference.key?.uid.rawValue)),
        ("target_uid", JSON(difference.targetUID?.rawValue)),
        ("detail", .string(difference.detail)),
      ])
  }

  private static func sentence(_ kind: Difference.Kind) -> String {
    switch kind {
    case .unaccounted: "not on record"
    case .missing: "missing at the target"
    case .notMoved: "not moved, for a reason on record"
    case .bytes: "other bytes at the target"
    case .rewritten: "rewritten by the target, as servers do"
    case .header: "another header at the target"
    case .size: "another size at the target"
    case .flags: "other flags at the target"
    case .date: "another date at the target"
    case .doubled: "twice at the target"
    case .mailbox: "the target no longer lists the folder"
    }
  }
}
