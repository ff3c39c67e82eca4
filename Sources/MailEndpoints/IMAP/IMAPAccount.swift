// mailmove: how to reach an account.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Everything needed to open a session with an IMAP account.
package struct IMAPAccount: ServerAccount {
  package let url: EndpointURL
  package let side: SyncError.Side
  /// Logs in in place of the URL's user, whose mail it is (RFC 4616, 2); nil: the user does.
  package let masterUser: String?
  package let mechanism: LoginMethod?
  /// nil: look around without logging in.
  package let credentials: CredentialProvider?
  package let tls: TLSContext
  package let deadlines: Deadlines
  package let compression: CompressionChoice
  /// Makes the trace of one connection, from its label.
  package let trace: @Sendable (String) -> WireTrace
  package let tell: @Sendable (String) -> Void
  let logins = LoginExperience()

  package init(
    url: EndpointURL, side: SyncError.Side, masterUser: String? = nil,
    mechanism: LoginMethod? = nil, credentials: CredentialProvider?, tls: TLSContext,
    deadlines: Deadlines = Deadlines(),
    compression: CompressionChoice = .whenItPays,
    trace: @escaping @Sendable (String) -> WireTrace = { _ in .off },
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.url = url
    self.side = side
    self.masterUser = masterUser
    self.mechanism = mechanism
    self.credentials = credentials
    self.tls = tls
    self.deadlines = deadlines
    self.compression = compression
    self.trace = trace
    self.tell = tell
  }
}

/// Whether to use COMPRESS=DEFLATE (RFC 4978) where it is offered.
package enum CompressionChoice: String, Sendable, CaseIterable {
  case always
  case never
  /// When the server is so far away that the link is likely to be slower than the CPU.
  case whenItPays = "auto"

  func pays(isDistant: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .whenItPays: isDistant
    }
  }
}
