// mailmove: the place a node of the source gets at the target.
// SPDX-License-Identifier: Apache-2.0

/// The place a node of the source gets at the target, and why.
struct Placement: Sendable {
  let spot: Spot
  /// The mailbox that is there already.
  let existing: ListedMailbox?
  /// Whether mailboxes can be made below it.
  let acceptsChildren: Bool
  let decision: MappedMailbox.Decision
  let reason: String
  let createRole: MailboxRole?

  init(
    spot: Spot, existing: ListedMailbox?, acceptsChildren: Bool,
    decision: MappedMailbox.Decision, reason: String, createRole: MailboxRole? = nil
  ) {
    self.spot = existing.map { spot.named($0.mailbox.name) } ?? spot
    self.existing = existing
    self.acceptsChildren = acceptsChildren
    self.decision = decision
    self.reason = reason
    self.createRole = createRole
  }
}
