// mailmove: where messages are removed from a source.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Removes messages from a source, in a session that is made for nothing else (invariant 7).
///
/// Every function throws `SyncError`. One task uses a remover at a time.
package protocol MailRemover: Sendable {
  /// Why exactly the given messages cannot be removed in this manner; nil when they can.
  func obstacle(to manner: Removal.Manner) async -> SyncError?

  /// Everything a mailbox holds, listed in the session that will remove from it.
  func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot

  /// Removes these messages and no others, and of these only those that are, in this session, the
  /// ones that were proven (invariant 16). Another message under the same UID is left alone.
  ///
  /// - Parameters:
  ///   - proven: each UID once.
  ///   - uidValidity: the one the UIDs belong to; another one at the server is an error.
  /// - Returns: those that are removed, in the end by `commit`.
  func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws -> Set<UID>

  /// Makes the removals final; throws when the server does not confirm it (RFC 1939, 6).
  ///
  /// The session is at its end afterwards.
  func commit() async throws

  /// Ends the session without making anything final that is not final yet; never throws.
  func close() async
}

/// What the user said about removing messages from the source once they are proven to be moved.
package struct Removal: Sendable, Equatable {
  package enum Manner: String, Sendable, CaseIterable {
    /// The messages are gone.
    case expunge
    /// The messages are marked \Deleted and stay until somebody expunges them.
    case flagOnly = "flag-only"
  }

  package var manner: Manner
  /// Only messages with an INTERNALDATE before it, in seconds since 1970; nil: all.
  package var before: Int64?
  /// How many messages the user agreed to have removed by one run; nil: the usual ceiling.
  package var confirmed: Int?
  /// Take a copy for proof in which the target changed only what servers are known to rewrite.
  package var trustsRewritten: Bool

  package init(
    manner: Manner = .expunge, before: Int64? = nil, confirmed: Int? = nil,
    trustsRewritten: Bool = false
  ) {
    self.manner = manner
    self.before = before
    self.confirmed = confirmed
    self.trustsRewritten = trustsRewritten
  }

  /// Whether a message of this date is old enough; one without a date never is.
  ///
  /// - Parameter seen: when it was first listed, where the date is the sender's word only; seconds
  ///   since 1970-01-01 UTC.
  func concerns(_ date: InternalDate?, seen: Int64? = nil) -> Bool {
    guard let before else { return true }
    return date.map { max($0.secondsSinceEpoch, seen ?? .min) < before } ?? false
  }
}
