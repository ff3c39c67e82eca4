// mailmove: what went wrong on the wire, as the engine sees it.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import SyncEngine

extension SyncError {
  /// A failure of the transport as the engine's error: trust is never retried, the rest is.
  init(_ error: TransportError, side: Side) {
    let kind = Self.kind(of: error)
    self.init(
      kind.cause, scope: kind.scope, remedy: kind.remedy, side: side, detail: error.message,
      hint: error.hint)
  }

  private static func kind(of error: TransportError) -> (
    cause: Cause, scope: Scope, remedy: Remedy
  ) {
    let again = Remedy.retry(after: nil)
    return switch error {
    case .cannotResolve, .resolverSilent, .cannotConnect, .timedOut(.connect, _):
      (.cannotConnect, .endpoint, again)
    case .timedOut: (.timedOut, .connection, again)
    case .certificate: (.tlsUntrusted, .endpoint, .stop)
    case .tlsVersion, .weakParameters: (.tlsTooWeak, .endpoint, .stop)
    case .plainTextOnTLSPort, .handshake, .settings: (.tlsFailed, .endpoint, .stop)
    case .protocolFailure, .closedByPeer, .reset, .network, .decompression:
      (.connectionLost, .connection, again)
    case .interrupted: (.interrupted, .run, .stop)
    case .clearTextViolation: (.clearTextInjected, .endpoint, .stop)
    case .system: (.systemRefused, .run, .stop)
    }
  }
}
