// mailmove: which flags to change at the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Decides which flags to change at the target: a three-way comparison for each flag.
///
/// The ledger holds the flags as last carried over. A flag that changed at the source since then
/// is set or removed at the target; a flag that did not change is left as the target's user has
/// it. Since a flag is only on or off, the two sides can never contradict each other.
package enum FlagSync {
  /// - Parameters:
  ///   - carried: the source's flags as last carried over.
  ///   - source: the source's flags now.
  ///   - target: the target's flags now, so that nothing is asked for that is so already; the
  ///     policy `source` cannot do without.
  ///   - permanent: what the target mailbox keeps.
  /// - Returns: the change, or nil if nothing is to be done at the target.
  package static func change(
    of uid: UID, carried: FlagSet, source: FlagSet, target: FlagSet?,
    permanent: PermanentFlags, policy: RunOptions.FlagPolicy
  ) -> FlagChange? {
    let base: FlagSet
    switch policy {
    case .keep: return nil
    case .merge: base = carried
    case .source: base = target ?? carried
    }
    let add = permanent.split(source.subtracting(base)).kept
    let remove = permanent.split(base.subtracting(source)).kept
    let change = FlagChange(
      uid: uid, add: target.map { add.subtracting($0) } ?? add,
      remove: target.map { remove.intersection($0) } ?? remove)
    return change.isEmpty ? nil : change
  }

  /// What counts as carried over for a message that the target had before.
  ///
  /// Nothing is known about the past, so flags are only added: what the target lacks counts as new
  /// at the source. \Deleted is never added that way.
  package static func carriedBefore(source: FlagSet, target: FlagSet) -> FlagSet {
    source.intersection(target.union(FlagSet(system: .deleted)))
  }
}
