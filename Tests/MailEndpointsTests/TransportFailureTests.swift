// mailmove: what failures of the transport mean to the engine.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite struct TransportFailureTests {
  /// A way to fail before there is a session, and whether coming back later may help.
  static let table: [(TransportError, SyncError.Cause, again: Bool)] = [
    (.cannotResolve(host: "h", reason: "r"), .cannotConnect, true),
    (.resolverSilent(host: "h", after: .seconds(30)), .cannotConnect, true),
    (.cannotConnect(host: "h", port: 993, attempts: []), .cannotConnect, true),
    (.timedOut(phase: .connect, after: .seconds(30)), .cannotConnect, true),
    (.timedOut(phase: .handshake, after: .seconds(30)), .timedOut, true),
    (.closedByPeer(during: .handshake), .connectionLost, true),
    (.plainTextOnTLSPort(host: "h"), .tlsFailed, false),
    (.tlsVersion(host: "h", reason: "r", needs: .legacy), .tlsTooWeak, false),
    (.weakParameters(host: "h", reason: "r", needs: nil), .tlsTooWeak, false),
    (.clearTextViolation(.dataBeforeTLS), .clearTextInjected, false),
    (.system(call: "socket", reason: "Too many open files"), .systemRefused, false),
  ]

  @Test(arguments: table.indices)
  func keepsWhatTheTransportKnows(_ index: Int) {
    let (failure, cause, again) = Self.table[index]
    let error = SyncError(failure, side: .target)
    #expect(error.cause == cause)
    #expect((error.remedy == .retry(after: nil)) == again)
    #expect(error.side == .target)
    #expect(error.detail == failure.message && error.hint == failure.hint)
  }
}
