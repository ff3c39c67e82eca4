// mailmove: what a check of an archive found, as words.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs
import MailWire

/// What a check found, as lines and for programs.
struct ArchiveCheckText {
  /// A folder that a damaged message is in.
  struct Place: Sendable {
    /// Its number in the archive.
    let message: Int64
    let account: String
    let folder: String
    let uid: UInt32
    let size: Int64
  }

  let report: CheckReport
  let level: ArchiveCheck.Level
  var places: [Place] = []
  /// How many damaged messages were put on record now.
  var recorded = 0

  static func progress(_ report: CheckReport) -> String {
    var line =
      "\(Quantity.bytes(report.bytesRead)) of \(Quantity.count(report.segmentsRead, "segment")) "
      + "read so far"
    if report.messagesRead > 0 { line += ", \(Quantity.count(report.messagesRead, "message"))" }
    if !report.findings.isEmpty { line += ", \(Quantity.count(report.findings.count)) found" }
    return line
  }

  /// `archive head 17 sha256:…` stands in the summary as runs print it, to be compared.
  var summary: String {
    let found = report.findings.count
    var line =
      found == 0
      ? "the archive is as it was written"
      : "not as it was written: \(Quantity.count(found, "finding"))"
    line += "; \(Quantity.count(report.segments, "segment"))"
    if level != .quick {
      line += ", \(Quantity.count(report.segmentsRead)) of them read (\(bytesRead))"
    }
    if report.messagesRead > 0 { line += ", \(Quantity.count(report.messagesRead, "message"))" }
    if !report.healed.isEmpty {
      line +=
        "; what was damaged in \(Quantity.count(report.healed.count, "segment")) is stored again"
    }
    if let position = report.position {
      line += "; archive head \(position.commit) sha256:\(position.digest)"
    }
    return line
  }

  /// The messages that cannot be had any more, where a person would look for them.
  var lost: [String] {
    places.map { place in
      SafeText.visible(
        "lost: \(place.folder), UID \(place.uid), \(Quantity.bytes(place.size)) (\(place.account))")
    }
  }

  /// What to do, once for each kind of finding.
  var remedies: [String] {
    var seen: Set<ArchiveDamage.Part> = []
    return report.findings.map(\.part).filter { seen.insert($0).inserted }.map { part in
      "  \(part.rawValue): \(DamageText.remedy(part))"
    }
  }

  var record: String? {
    guard recorded > 0 else { return nil }
    return "\(Quantity.count(recorded, "damaged message")) put on record"
  }

  /// The fields of the event `check`.
  func fields(exit: ExitStatus) -> [(String, JSON)] {
    [
      ("exit", JSON(exit.rawValue)), ("level", .string(levelName)),
      ("commit", JSON(report.position?.commit)),
      ("head", JSON(report.position?.digest.description)),
      ("segments", JSON(report.segments)), ("segments_read", JSON(report.segmentsRead)),
      ("bytes_read", JSON(report.bytesRead)), ("messages_read", JSON(report.messagesRead)),
      ("findings", .array(report.findings.map(DamageText.json))),
      ("healed", .array(report.healed.map(DamageText.json))),
      ("lost", .array(places.map(Self.json))), ("recorded", JSON(recorded)),
    ]
  }

  private static func json(_ place: Place) -> JSON {
    .object([
      ("message", JSON(place.message)), ("account", .string(place.account)),
      ("folder", .string(place.folder)), ("uid", JSON(place.uid)), ("size", JSON(place.size)),
    ])
  }

  private var bytesRead: String { Quantity.bytes(report.bytesRead) }

  private var levelName: String {
    switch level {
    case .quick: "quick"
    case .files: "files"
    case .messages: "deep"
    }
  }
}
