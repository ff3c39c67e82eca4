// mailmove: what the ledger says about a removal.
// SPDX-License-Identifier: Apache-2.0

/// What a record's note says about removing the message from the source.
///
/// The mark `proven` is on disk before the first command that removes, so that the ledger tells
/// which messages a killed run may have removed, and where their proven copies are.
package enum RemovalMark: String, Sendable, CaseIterable {
  case proven = "copy proven, to be removed from the source"
  case removed = "removed from the source"
  case flagged = "marked \\Deleted at the source"
  /// Was to be removed and was not, for want of proof; the next run tries again.
  case kept = "kept at the source, the target does not hand out the same bytes"

  /// Whether we may have touched the message at the source.
  package var mayBeOurDoing: Bool {
    switch self {
    case .proven, .removed, .flagged: true
    case .kept: false
    }
  }

  /// The mark in a record's note; nil when there is none.
  package init?(note: String?) {
    guard let part = RecordNote.parts(of: note).lazy.compactMap({ Self(rawValue: $0) }).last else {
      return nil
    }
    self = part
  }

  /// The note with this mark in place of an earlier one.
  package func marking(_ note: String?) -> String {
    let others = RecordNote.parts(of: note).filter { Self(rawValue: $0) == nil }
    return RecordNote.joined(others + [rawValue])
  }
}

extension MessageRecord {
  /// Whether we may have touched the message at the source.
  var mayBeRemovedByUs: Bool { RemovalMark(note: note)?.mayBeOurDoing == true }

  /// The record with a mark about removal.
  func marked(_ mark: RemovalMark) -> MessageRecord {
    var copy = self
    copy.note = mark.marking(note)
    return copy
  }
}
