// mailmove: a session with an IMAP server.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// A session with an IMAP server: an actor on a thread of its own, where blocking is fine.
package actor IMAPConnection: ServerConnection {
  nonisolated let thread: ConnectionThread
  nonisolated let account: IMAPAccount
  nonisolated let interruption: Interrupt

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// nil before the connection is up and after it is closed.
  var wire: IMAPWire?
  package internal(set) var greeting = ""
  package internal(set) var serverID: [String: String] = [:]
  package internal(set) var family = ServerFamily.generic
  package internal(set) var namespaces: Namespaces?
  /// The time between a command and its answer, when the session began.
  package internal(set) var roundTrip = Duration.zero
  /// The server is in no local network.
  var isDistant: Bool { roundTrip > Self.localRoundTripMax }
  var opened: OpenMailbox?
  var fetches: [FetchUnderWay] = []
  var appending = AppendsUnderWay()

  private init(_ account: IMAPAccount) throws {
    self.account = account
    do {
      thread = try ConnectionThread(name: "mm-\(account.side.rawValue)")
      interruption = try Interrupt()
    } catch { throw SyncError(error, side: account.side) }
  }

  /// Connects, verifies, logs in if there are credentials, and learns what the server can do.
  ///
  /// Throws `SyncError`.
  package static func open(_ account: IMAPAccount) async throws -> IMAPConnection {
    try await IMAPConnection(account).established()
  }

  /// What the server can do, as it says now.
  package func capabilities() -> CapabilitySet { wire?.capabilities ?? .none }

  package func tlsInfo() -> TLSInfo? { wire?.channel.info }

  /// What a NO or BAD means in this session.
  func failure(_ answer: StatusResponse, on occasion: ServerAnswer.Occasion) -> SyncError {
    wire?.failure(answer, on: occasion)
      ?? ServerAnswer.error(answer, on: occasion, side: account.side)
  }

  /// Says something if nothing was said for a while and no answer is due.
  package func keepAlive() throws {
    guard let wire, wire.outstanding == 0, ContinuousClock.now - wire.lastUse > Self.idleMax else {
      return
    }
    try wire.perform(.noop, on: .other)
  }

  /// Says goodbye if nothing is under way, and closes.
  package func close() {
    if let wire, wire.outstanding == 0 {
      _ = try? wire.ask(.logout, within: Self.farewellMax, whole: Self.farewellMax)
    }
    wire?.channel.close()
    wire = nil
  }

  /// Servers may log out a client that is silent for 30 minutes (RFC 9051, 5.4); some wait for
  /// less.
  private static let idleMax = Duration.seconds(120)
  private static let farewellMax = Duration.seconds(2)
  private static let localRoundTripMax = Duration.milliseconds(5)
}
