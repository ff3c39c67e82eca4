// mailmove: the place a node of the source gets at the target.
// SPDX-License-Identifier: Apache-2.0

/// The place a node of the source gets at the target, and why.
struct Placement: Sendable {
  let destination: TargetPath
  /// The mailbox that is there already.
  let existing: ListedMailbox?
  /// Whether mailboxes can be made below it.
  let acceptsChildren: Bool
  let decision: MappedMailbox.Decision
  let reason: String
  let createRole: MailboxRole?

  init(
    destination: TargetPath, existing: ListedMailbox?, acceptsChildren: Bool,
    decision: MappedMailbox.Decision, reason: String, createRole: MailboxRole? = nil
  ) {
    self.destination = existing.map { destination.named($0.mailbox.name) } ?? destination
    self.existing = existing
    self.acceptsChildren = acceptsChildren
    self.decision = decision
    self.reason = reason
    self.createRole = createRole
  }
}
