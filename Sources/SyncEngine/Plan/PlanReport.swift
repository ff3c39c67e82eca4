// mailmove: what a run would do.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What a run would do, found out without changing anything on either side.
package struct PlanReport: Sendable {
  /// One mailbox of the plan.
  package struct Line: Sendable {
    package let mapped: MappedMailbox
    /// As the source says; nil when it does not.
    package let messages: Int64?
    /// Octets as the source says; nil when that would cost a full listing.
    package let bytes: Int64?
    /// Already at the target according to the ledger.
    package let done: Int
    /// Messages larger than the target takes; nil when not listed.
    package let tooBig: Int?

    package init(
      mapped: MappedMailbox, messages: Int64?, bytes: Int64?, done: Int, tooBig: Int?
    ) {
      self.mapped = mapped
      self.messages = messages
      self.bytes = bytes
      self.done = done
      self.tooBig = tooBig
    }
  }

  package let lines: [Line]
  /// Questions and hints from making the folder map, and warnings about room and size.
  package let notes: [String]
  package let limits: TargetLimits
  /// How full the target is; nil where it does not tell.
  package let quota: Quota?
  /// The map comes from the ledger of an earlier run.
  package let isFrozen: Bool

  package init(lines: [Line], notes: [String], limits: TargetLimits, quota: Quota?, isFrozen: Bool) {
    self.quota = quota
    self.lines = lines
    self.notes = notes
    self.limits = limits
    self.isFrozen = isFrozen
  }

  package var messages: Int64 { moved.reduce(0) { $0 + ($1.messages ?? 0) } }
  package var bytes: Int64 { moved.reduce(0) { $0 + ($1.bytes ?? 0) } }

  private var moved: [Line] { lines.filter { $0.mapped.target != nil } }
}
