// mailmove: how to reach a maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine
import Synchronization

/// Everything needed to open a session with a POP3 account.
package struct POP3Account: ServerAccount {
  package let url: EndpointURL
  package let side: SyncError.Side
  /// Logs in in place of the URL's user, whose mail it is (RFC 4616, 2); nil: the user does.
  package let masterUser: String?
  package let mechanism: LoginMethod?
  /// nil: look around without logging in.
  package let credentials: CredentialProvider?
  package let tls: TLSContext
  package let deadlines: Deadlines
  /// Makes the trace of one connection, from its label.
  package let trace: @Sendable (String) -> WireTrace
  package let tell: @Sendable (String) -> Void
  let logins = LoginExperience()
  /// What sessions of this account have learnt; it goes with every copy of the value.
  let experience: POP3Experience

  package init(
    url: EndpointURL, side: SyncError.Side, masterUser: String? = nil,
    mechanism: LoginMethod? = nil, credentials: CredentialProvider?, tls: TLSContext,
    deadlines: Deadlines = Deadlines(),
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
    self.trace = trace
    self.tell = tell
    experience = POP3Experience()
  }
}

/// What earlier sessions of an account have learnt about its server, so that the next one does
/// without what went wrong.
final class POP3Experience: Sendable {
  private let capaHangs = Atomic(false)
  private let pipeliningBreaks = Atomic(false)
  /// How true its sizes are.
  let sizes = Mutex(SizeRecord())

  /// CAPA was not answered.
  var asksCapabilities: Bool { !capaHangs.load(ordering: .acquiring) }
  /// No session broke while several commands were under way.
  var mayPipeline: Bool { !pipeliningBreaks.load(ordering: .acquiring) }

  func noteThatCAPAHangs() { capaHangs.store(true, ordering: .releasing) }
  func noteThatPipeliningBreaks() { pipeliningBreaks.store(true, ordering: .releasing) }
}
