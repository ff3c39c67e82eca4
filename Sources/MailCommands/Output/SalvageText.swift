// mailmove: what was salvaged, as words.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs

/// What was taken out of a broken archive, as lines and for programs.
struct SalvageText {
  let report: Salvage.Report
  let format: String
  /// The folder that was made.
  let folder: String

  var summary: String {
    let damages = report.damages.count
    return "\(Quantity.count(report.messages, "message")) (\(Quantity.bytes(report.bytes))) of "
      + "\(Quantity.count(report.segments, "segment")) salvaged as \(format) to "
      + SafeText.visible(folder)
      + (damages == 0
        ? "; nothing was lost" : "; something was lost at \(Quantity.count(damages, "place"))")
  }

  /// The fields of the event `salvage`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    [
      ("exit", JSON(exit.rawValue)), ("format", .string(format)), ("folder", .string(folder)),
      ("segments", JSON(report.segments)), ("messages", JSON(report.messages)),
      ("bytes", JSON(report.bytes)), ("repeats", JSON(report.repeats)),
      ("damages", .array(report.damages.map(DamageText.json))),
    ] + (report.remarks.isEmpty ? [] : [("remarks", .array(report.remarks.map { .string($0) }))])
  }
}
