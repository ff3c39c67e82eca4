// mailmove: what an export did, as words.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs

/// What came out of an archive, as lines and for programs.
struct ArchiveExportText {
  let report: ArchiveExport.Report
  let format: String
  /// The folder that was made, as typed.
  let folder: String
  /// Messages left out because they vanished at the source.
  let vanished: Int64

  var summary: String {
    "\(Quantity.count(report.messages, "message")) (\(Quantity.bytes(report.bytes))) of "
      + "\(Quantity.count(report.folders, "folder")) exported as \(format) to "
      + SafeText.visible(folder)
      + (report.damages.isEmpty ? "" : "; \(Quantity.count(report.damages.count)) left out")
  }

  var remarks: [String] {
    guard vanished > 0 else { return report.remarks }
    return report.remarks + [
      "\(Quantity.count(vanished, "message")) of these folders that vanished at the source "
        + "not exported; --all takes them too"
    ]
  }

  /// The fields of the event `export`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    [
      ("exit", JSON(exit.rawValue)), ("format", .string(format)), ("folder", .string(folder)),
      ("folders", JSON(report.folders)), ("messages", JSON(report.messages)),
      ("bytes", JSON(report.bytes)), ("vanished", JSON(vanished)),
      ("damages", .array(report.damages.map(DamageText.json))),
    ] + (report.remarks.isEmpty ? [] : [("remarks", .array(report.remarks.map { .string($0) }))])
  }
}
