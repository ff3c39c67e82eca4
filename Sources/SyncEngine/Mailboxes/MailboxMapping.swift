// mailmove: from two listings to a folder plan.
// SPDX-License-Identifier: Apache-2.0

/// Decides which source mailbox goes where. Pure: the same input gives the same plan, in whatever
/// order the rows of LIST came.
package enum MailboxMapping {
  /// The mapping of every mailbox of the source.
  ///
  /// - Parameters:
  ///   - frozen: Rows of an earlier run. They are kept as they are and their targets are taken,
  ///     unless
  ///     the mailbox was renamed at the source, in which case the row goes with it.
  /// - Throws: ``MappingError`` when the rules contradict each other or a name collides and the
  ///   rules
  ///   say that this is an error.
  package static func plan(
    source: MailboxListing, target: MailboxListing, rules: MappingRules = MappingRules(),
    frozen: [MappedMailbox] = []
  ) throws(MappingError) -> MailboxMap {
    try rules.validate()
    var planner = MappingPlanner(source: source, target: target, rules: rules, frozen: frozen)
    return try planner.plan()
  }
}
