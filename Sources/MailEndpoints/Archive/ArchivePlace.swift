// mailmove: where an archive is and whose mail is meant.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import SyncEngine

/// Where an archive is, and which of the accounts in it is meant.
package struct ArchivePlace: Sendable {
  package let path: String
  /// The account's label; nil: the only one there is.
  package let account: String?
  package let side: SyncError.Side
  /// Which of the messages that vanished at the server they came from a source gives.
  package let vanished: PlacementChoice.Vanished

  package init(
    path: String, account: String?, side: SyncError.Side,
    vanished: PlacementChoice.Vanished = .onlyCopies
  ) {
    self.path = path
    self.account = account
    self.side = side
    self.vanished = vanished
  }

  /// How an account is called in an archive: its address, whichever door leads to it.
  package static func label(of url: EndpointURL) -> String {
    let user = url.user ?? ""
    return user.contains("@") ? user : "\(user)@\(url.host)"
  }
}
