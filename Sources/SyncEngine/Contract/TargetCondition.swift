// mailmove: what a target knows of its copies.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What a target that keeps a history knows of the copies in a mailbox, beside holding them.
package struct TargetCondition: Sendable, Equatable {
  /// Copies whose originals are on record there as vanished from the source.
  package var vanished: Set<UID>
  /// Copies whose bytes are on record there as wrong.
  package var damaged: Set<UID>

  package init(vanished: Set<UID> = [], damaged: Set<UID> = []) {
    self.vanished = vanished
    self.damaged = damaged
  }
}
