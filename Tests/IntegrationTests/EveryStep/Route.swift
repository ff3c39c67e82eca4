// mailmove: the routes on which a run may die.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine
import Testing

/// Where mail comes from, where it goes, and what happened before.
enum Route: String, CaseIterable, CustomTestStringConvertible {
  case imapToIMAP
  case imapToPlainIMAP
  case imapInLanes
  case imapInLanesToPlainIMAP
  /// The target has some of the mail, put there by another tool.
  case imapAdopted
  /// A second night, with new mail and other flags.
  case imapLater
  case imapToArchive
  case archiveToIMAP
  case pop3ToIMAP
  case pop3ToArchive
  case imapEmptied
  case imapIntoArchiveEmptied
  case pop3Emptied

  /// What the two sides are.
  enum Side { case imap, plainIMAP, pop3, archive }

  var testDescription: String { rawValue }

  var source: Side {
    switch self {
    case .imapToIMAP, .imapToPlainIMAP, .imapInLanes, .imapInLanesToPlainIMAP, .imapAdopted,
      .imapLater, .imapToArchive, .imapEmptied, .imapIntoArchiveEmptied:
      .imap
    case .archiveToIMAP: .archive
    case .pop3ToIMAP, .pop3ToArchive, .pop3Emptied: .pop3
    }
  }

  var target: Side {
    switch self {
    case .imapToIMAP, .imapInLanes, .imapAdopted, .imapLater, .archiveToIMAP, .pop3ToIMAP,
      .imapEmptied, .pop3Emptied:
      .imap
    case .imapToPlainIMAP, .imapInLanesToPlainIMAP: .plainIMAP
    case .imapToArchive, .pop3ToArchive, .imapIntoArchiveEmptied: .archive
    }
  }

  var empties: Bool {
    switch self {
    case .imapEmptied, .imapIntoArchiveEmptied, .pop3Emptied: true
    case .imapToIMAP, .imapToPlainIMAP, .imapInLanes, .imapInLanesToPlainIMAP, .imapAdopted,
      .imapLater, .imapToArchive, .archiveToIMAP, .pop3ToIMAP, .pop3ToArchive:
      false
    }
  }

  var lanes: Int { self == .imapInLanes || self == .imapInLanesToPlainIMAP ? 3 : 1 }

  var options: RunOptions {
    var options = RunOptions()
    options.lanes = lanes
    if empties { options.removal = Removal(confirmed: Journey.letters.count) }
    return options
  }
}
