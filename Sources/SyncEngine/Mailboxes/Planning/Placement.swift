// mailmove: the place a node of the source gets at the target.
// SPDX-License-Identifier: Apache-2.0

/// The place a node of the source gets at the target, and why.
struct Placement: Sendable {
  var spot: Spot
  /// The mailbox that is there already.
  var existing: ListedMailbox?
  /// Whether mailboxes can be made below it.
  var acceptsChildren: Bool
  var decision: MappedMailbox.Decision
  var reason: String
  var createRole: MailboxRole?
}
