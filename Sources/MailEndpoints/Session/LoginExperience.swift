// mailmove: SCRAM that is offered and refused.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// The server refused SCRAM before anything made of the password was sent, and offers PLAIN too.
///
/// Some servers announce SCRAM for accounts whose stored password cannot do it. That is the one
/// refusal after which another way is tried, in a new session: the password has not been tried yet.
struct ScramRefused: Error {
  let answer: SyncError
}

/// What sessions of an account have learnt about logging in.
final class LoginExperience: Sendable {
  private let refusesScram = Atomic(false)

  /// SCRAM is left out where PLAIN is offered: each further attempt would be one more refusal.
  var scramIsRefused: Bool { refusesScram.load(ordering: .acquiring) }

  func noteThatScramIsRefused() { refusesScram.store(true, ordering: .releasing) }
}

extension ServerAccount {
  /// Opens a session; where SCRAM is refused as in `ScramRefused`, once more with PLAIN.
  ///
  /// - Parameters:
  ///   - open: connects and logs in.
  ///   - drop: ends the session that was refused.
  func withPlainAfterScram(
    _ open: () async throws -> Void, drop: () -> Void
  ) async throws {
    let refused: SyncError
    do { return try await open() } catch let error as ScramRefused { refused = error.answer }
    drop()
    logins.noteThatScramIsRefused()
    do { try await open() } catch let error as SyncError where error.cause == .loginRefused {
      throw SyncError(
        error.cause, scope: error.scope, remedy: error.remedy, side: error.side,
        detail: "\(error.detail) (PLAIN; before it SCRAM-SHA-256: \(refused.detail))",
        hint: error.specificHint)
    }
    tell(
      "the \(side.rawValue) server offers SCRAM-SHA-256 and refuses it (\(refused.detail)); logged "
        + "in with PLAIN, as the mechanism 'plain' does at once where it is chosen")
  }
}
