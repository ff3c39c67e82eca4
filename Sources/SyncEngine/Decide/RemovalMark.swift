// mailmove: what the ledger says about a removal.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What a record says about removing the message from the source.
///
/// The mark `proven` is on disk before the first command that removes, so that the ledger tells
/// which messages a killed run may have removed, and where their proven copies are.
package enum RemovalMark: String, Sendable, CaseIterable {
  case proven, removed, flagged
  /// Was to be removed and was not, for want of proof; the next run tries again.
  case kept

  /// Whether we may have touched the message at the source.
  package var mayBeOurDoing: Bool {
    switch self {
    case .proven, .removed, .flagged: true
    case .kept: false
    }
  }

  /// What is left of it when its message has vanished or is to be moved again: listed again, it may
  /// have our \Deleted, also where it was removed, if a backup was put back.
  package var whenListedAgain: RemovalMark? {
    switch self {
    case .proven, .removed: .proven
    case .flagged: .flagged
    case .kept: nil
    }
  }

  /// What it means, for people.
  package var text: String {
    switch self {
    case .proven: "copy proven, to be removed from the source"
    case .removed: "removed from the source"
    case .flagged: "marked \\Deleted at the source"
    case .kept: "kept at the source, for want of proof that the target has it"
    }
  }
}

extension MessageRecord {
  /// Whether we may have touched the message at the source.
  var mayBeRemovedByUs: Bool { removal?.mayBeOurDoing == true }

  /// The \Deleted that it has at the source may be the one by which we removed it.
  package var mayHaveOurMark: Bool { mayBeRemovedByUs && !flags.system.contains(.deleted) }

  /// The flags to carry over, of those that the source has: not the \Deleted by which we removed
  /// the message ourselves.
  func carriable(_ flags: FlagSet) -> FlagSet {
    guard mayHaveOurMark else { return flags }
    return flags.subtracting(FlagSet(system: .deleted))
  }

  /// The record of a message that stays at the source for want of proof. A mark of ours that it has
  /// there stays ours.
  func kept(_ original: Entry) -> MessageRecord {
    let isMarked = mayBeRemovedByUs && original.flags.system.contains(.deleted)
    return marked(isMarked ? .flagged : .kept)
  }

  /// The record with a mark about removal.
  func marked(_ mark: RemovalMark) -> MessageRecord {
    var copy = self
    copy.removal = mark
    return copy
  }
}
