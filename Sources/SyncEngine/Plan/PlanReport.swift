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
    /// Octets that the target takes in one message there; nil: not announced.
    package let appendLimit: Int64?

    /// Messages that would be removed from the source once they are proven; nil: nothing would.
    package let removable: Int?
    /// The source no longer lists it; what was moved of it stays at the target.
    package let isGone: Bool
    /// Why it cannot be looked at.
    package let failure: SyncError?

    package init(
      mapped: MappedMailbox, messages: Int64?, bytes: Int64?, done: Int, tooBig: Int?,
      appendLimit: Int64? = nil, removable: Int? = nil, isGone: Bool = false,
      failure: SyncError? = nil
    ) {
      self.isGone = isGone
      self.failure = failure
      self.mapped = mapped
      self.messages = messages
      self.bytes = bytes
      self.done = done
      self.tooBig = tooBig
      self.appendLimit = appendLimit
      self.removable = removable
    }
  }

  package let lines: [Line]
  /// Questions and hints from making the folder map, and warnings about room and size.
  package private(set) var notes: [String]
  package let limits: TargetLimits
  /// How full the target is; nil where it does not tell.
  package let quota: Quota?
  /// The map comes from the ledger of an earlier run.
  package let isFrozen: Bool
  /// How fast the source handed out a sample; nil when there is nothing to read.
  package let speed: Speed?
  /// Whether the operator's rules have an effect.
  package let rules: RuleCheck?

  /// What was read as a sample, and how long it took.
  package struct Speed: Sendable, Equatable {
    package let messages: Int64
    package let bytes: Int64
    package let taken: Duration

    package init(messages: Int64, bytes: Int64, taken: Duration) {
      self.messages = messages
      self.bytes = bytes
      self.taken = taken
    }

    /// How long the rest would take at this speed, by messages or by bytes, whichever is longer.
    package func time(forMessages messages: Int64, bytes: Int64) -> Duration {
      let byMessages = Double(messages) / Double(max(1, self.messages))
      let byBytes = Double(bytes) / Double(max(1, self.bytes))
      return taken * max(byMessages, byBytes)
    }
  }

  package init(
    lines: [Line], notes: [String], limits: TargetLimits, quota: Quota?, isFrozen: Bool,
    speed: Speed?, rules: RuleCheck? = nil
  ) {
    self.rules = rules
    self.quota = quota
    self.speed = speed
    self.lines = lines
    self.notes = notes
    self.limits = limits
    self.isFrozen = isFrozen
  }

  package var messages: Int64 { moved.reduce(0) { $0 + ($1.messages ?? 0) } }
  package var bytes: Int64 { moved.reduce(0) { $0 + ($1.bytes ?? 0) } }

  /// What is still to be copied, in messages and octets; octets in proportion where some are done.
  package var remaining: (messages: Int64, bytes: Int64) {
    moved.reduce((0, 0)) { sum, line in
      let total = line.messages ?? 0
      let open = max(0, total - Int64(line.done))
      let bytes = total == 0 ? 0 : Double(line.bytes ?? 0) * Double(open) / Double(total)
      return (sum.0 + open, sum.1 + Int64(bytes))
    }
  }

  /// The same with a note for each thing that will not fit.
  func warningAboutRoom() -> PlanReport {
    var report = self
    let tooBig = moved.reduce(0) { $0 + ($1.tooBig ?? 0) }
    if tooBig > 0 {
      report.notes.append(
        "\(tooBig) messages are larger than the target takes; they will be skipped on record")
    }
    if let limit = quota?.limitBytes, let used = quota?.usedBytes,
      remaining.bytes > max(0, limit - used)
    {
      report.notes.append("the target has less room left than there is to copy")
    }
    if let limit = quota?.limitMessages, let used = quota?.usedMessages,
      remaining.messages > max(0, limit - used)
    {
      report.notes.append("the target takes fewer messages than there are to copy")
    }
    return report
  }

  /// The mailboxes that there is something to be done about.
  package var moved: [Line] { lines.filter { $0.mapped.target != nil && !$0.isGone } }
}
