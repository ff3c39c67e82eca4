// mailmove: a session with a POP3 server.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// A session with a POP3 server: an actor on a thread of its own, where blocking is fine.
///
/// A maildrop is open to one session at a time, so an account never has two.
package actor POP3Connection: ServerConnection {
  nonisolated let thread: ConnectionThread
  nonisolated let account: POP3Account
  nonisolated let interruption: Interrupt

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// nil before the connection is up and after it is closed.
  var wire: POP3Wire?
  package internal(set) var greeting = ""
  package internal(set) var capabilities = POP3Capabilities.none
  /// What the session was logged in with; nil before.
  var credential: CredentialKind?
  package internal(set) var family = ServerFamily.generic
  /// Does not change within a session (RFC 1939, 3): listed once.
  var maildrop: Maildrop?
  /// nil: not tried yet.
  var topWorks: Bool?
  var retrieving = RetrievalsUnderWay()
  /// DELE was sent: ending the session properly would remove messages.
  var hasDeletions = false

  private init(_ account: POP3Account) throws {
    self.account = account
    do {
      thread = try ConnectionThread(name: "mm-\(account.side.rawValue)")
      interruption = try Interrupt()
    } catch { throw SyncError(error, side: account.side) }
  }

  /// Connects, verifies, logs in if there are credentials, and learns what the server can do.
  ///
  /// Throws `SyncError`.
  package static func open(_ account: POP3Account) async throws -> POP3Connection {
    try await POP3Connection(account).established()
  }

  /// Whether several commands may be under way (RFC 2449, 6.6).
  var pipelines: Bool { capabilities.has(.pipelining) && account.experience.mayPipeline }

  package func tlsInfo() -> TLSInfo? { wire?.channel.info }

  /// Says something if nothing was said for a while and no answer is due.
  package func keepAlive() throws {
    guard let wire, wire.outstanding == 0, ContinuousClock.now - wire.lastUse > Self.idleMax else {
      return
    }
    _ = try wire.ask(.noop)
  }

  /// Says goodbye if nothing is under way and nothing would be removed by it, and closes.
  package func close() {
    if let wire, wire.outstanding == 0, !hasDeletions {
      _ = try? wire.ask(.quit, within: Self.farewellMax, whole: Self.farewellMax)
    }
    drop()
  }

  func drop() {
    wire?.channel.close()
    wire = nil
  }

  /// Servers log out a client that is silent for ten minutes (RFC 1939, 3); some wait for less.
  private static let idleMax = Duration.seconds(120)
  private static let farewellMax = Duration.seconds(2)
}
