// mailmove: a session with a server, whatever it speaks.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import SyncEngine

/// A session with a server: an actor on a thread of its own, where blocking is fine.
protocol ServerConnection: Actor {
  associatedtype Account: ServerAccount
  associatedtype Wire

  nonisolated var account: Account { get }
  nonisolated var interruption: Interrupt { get }
  /// nil before the connection is up and after it is closed.
  var wire: Wire? { get }

  /// Connects, verifies, logs in if there are credentials, and learns what the server can do.
  func establish() async throws

  /// Says goodbye if that can be done at once, and closes.
  func close()
}

extension ServerConnection {
  /// The same, once the session is up; closed if it does not come up. Throws `SyncError`.
  nonisolated func established() async throws -> Self {
    do {
      try await interruptible { try await $0.establish() }
      return self
    } catch {
      await close()
      throw error
    }
  }

  /// Runs something on the connection's thread. Cancelling the task ends any waiting there, and
  /// with it the connection.
  nonisolated func interruptible<Result: Sendable>(
    _ body: @Sendable (isolated Self) async throws -> Result
  ) async throws -> Result {
    let interruption = interruption
    return try await withTaskCancellationHandler {
      try await body(self)
    } onCancel: {
      interruption.interrupt()
    }
  }

  /// The wire, as long as the connection is up.
  func line() throws -> Wire {
    guard let wire else {
      throw SyncError(
        .connectionLost, scope: .connection, remedy: .retry(after: nil), side: account.side)
    }
    return wire
  }

  /// How long an answer about a big mailbox may be in coming.
  var patience: Duration { account.deadlines.firstByte }
}
