// mailmove: damage in an archive, as words.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs

/// Places where an archive is not as it was written, for people and for programs.
enum DamageText {
  /// A longer list helps nobody on a terminal; `--json` has all of them.
  static let shownMax = 50

  static func json(_ damage: ArchiveDamage) -> JSON {
    .object([
      ("part", .string(damage.part.rawValue)), ("path", .string(damage.path)),
      ("offset", JSON(damage.offset)), ("detail", .string(damage.detail)),
    ])
  }

  /// A line for each, up to a limit.
  static func tell(_ damages: [ArchiveDamage], _ verb: String, _ terminal: Terminal) {
    for damage in damages.prefix(shownMax) {
      terminal.result("\(verb): \(SafeText.visible("\(damage)"))", .warning)
    }
    tellRest(of: damages.count, terminal)
  }

  static func tellRest(of count: Int, _ terminal: Terminal) {
    guard count > shownMax else { return }
    terminal.result("and \(Quantity.count(count - shownMax)) more; --json lists all", .warning)
  }

  /// What to do about damage of a kind.
  static func remedy(_ part: ArchiveDamage.Part) -> String {
    switch part {
    case .identity: "take \(ArchiveLayout.identity) from a copy of the archive"
    case .journal:
      "take journal/ from a copy of the archive and remove \(ArchiveLayout.head) and "
        + "\(ArchiveLayout.catalog); without a copy, 'mailmove archive salvage' reads the mail"
    case .head:
      "if it contradicts the journal, compare both with a copy of the archive and with a head "
        + "kept elsewhere; if it cannot be read, the next run renews it"
    case .checksums: "the next run makes \(ArchiveLayout.checksums) again from the journal"
    case .segment:
      "take the file from a copy of the archive; without one, the mail in it that is whole can "
        + "still be exported"
    case .message:
      "take the segment from a copy of the archive; without one, put the messages on record with "
        + "--record, and they are stored again when a source gives them again"
    case .catalog: "remove \(ArchiveLayout.catalog); it is made again from the journal"
    }
  }
}
