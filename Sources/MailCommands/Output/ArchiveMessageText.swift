// mailmove: messages of an archive, as words.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs
import MailWire

/// The messages of one folder of an archive, a line each and for programs.
struct ArchiveMessageText {
  let folder: OpenArchive.Folder

  private static let dateWidth = 22
  private static let sizeWidth = 7

  /// Wide enough for the highest UID of the folder.
  private var uidWidth: Int { max(3, String(folder.folder.uidNext).count) }

  var title: String { row("uid", "date", "size", "flags") }

  func line(_ placement: ArchivePlacement) -> String {
    var words = placement.flags.names
    if placement.goneCommit != nil { words.append("(vanished)") }
    if placement.message.state == .damaged { words.append("(damaged)") }
    return row(
      "\(placement.key.uid)", placement.internalDate.map(Self.shown) ?? "(no date)",
      Quantity.bytes(placement.message.size), SafeText.visible(words.joined(separator: " ")))
  }

  /// The fields of the event `message`.
  func fields(of placement: ArchivePlacement) -> [(String, JSON)] {
    [
      ("account", .string(folder.account)), ("folder", .string(folder.path)),
      ("uidvalidity", JSON(placement.key.uidValidity)), ("uid", JSON(placement.key.uid)),
      ("sha256", .string(placement.message.digest.description)),
      ("size", JSON(placement.message.size)),
      ("date", JSON(placement.internalDate.map(Self.rfc3339))),
      ("flags", .array(placement.flags.names.map(JSON.string))),
      ("labels", .array(placement.labels.map(JSON.string))),
      ("vanished", .bool(placement.goneCommit != nil)),
      ("damaged", .bool(placement.message.state == .damaged)),
    ]
  }

  private func row(_ uid: String, _ date: String, _ size: String, _ rest: String) -> String {
    let line =
      DisplayWidth.padded(uid, to: uidWidth, onLeft: true) + "  "
      + DisplayWidth.padded(date, to: Self.dateWidth) + "  "
      + DisplayWidth.padded(size, to: Self.sizeWidth, onLeft: true)
    return rest.isEmpty ? line : line + "  " + rest
  }

  /// In the date's own zone: `2019-02-12 20:33 +0100`.
  private static func shown(_ date: InternalDate) -> String {
    let (clock, sign, hours, minutes) = parts(date)
    return clock.replacing("T", with: " ").dropLast(3) + " \(sign)\(hours)\(minutes)"
  }

  /// In the date's own zone (RFC 3339): `2019-02-12T20:33:11+01:00`.
  private static func rfc3339(_ date: InternalDate) -> String {
    let (clock, sign, hours, minutes) = parts(date)
    return "\(clock)\(sign)\(hours):\(minutes)"
  }

  /// What a clock in the zone showed, and the zone.
  private static func parts(
    _ date: InternalDate
  ) -> (clock: String, sign: String, hours: String, minutes: String) {
    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    // A damaged catalog may hold any number.
    let local = date.secondsSinceEpoch &+ Int64(date.zoneMinutes * 60)
    let zone = abs(date.zoneMinutes)
    return (
      String(Timestamp.text(local).prefix { $0 != "Z" }), date.zoneMinutes < 0 ? "-" : "+",
      digits(zone / 60), digits(zone % 60)
    )
  }
}
