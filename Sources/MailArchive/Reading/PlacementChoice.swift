// mailmove: which messages of an archive are shown.
// SPDX-License-Identifier: Apache-2.0

/// Which messages of a folder are shown; pruned ones never are.
package struct PlacementChoice: Sendable, Equatable {
  /// Which of the messages that vanished at the source.
  package enum Vanished: String, Sendable, CaseIterable {
    /// Those whose content is nowhere else in the account; once each, in the place it was in last.
    case onlyCopies = "once"
    case all
    case none
  }

  package var vanished: Vanished
  /// Those whose bytes are on record as wrong.
  package var includesDamaged: Bool

  package init(vanished: Vanished = .none, includesDamaged: Bool = true) {
    self.vanished = vanished
    self.includesDamaged = includesDamaged
  }

  /// What was at the source when it was last listed.
  package static let present = PlacementChoice()
  /// Everything that ever was there.
  package static let everything = PlacementChoice(vanished: .all)
}
