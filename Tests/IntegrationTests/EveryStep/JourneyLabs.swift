// mailmove: servers with an account for each journey.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailTransport
import Synchronization

/// An old server, a new one and a new one without extensions; each journey takes a new user.
final class JourneyLabs: Sendable {
  let old: DovecotLab
  let new: DovecotLab
  let plain: DovecotLab
  let tls: TLSContext
  private let users: [DovecotOptions.User]
  private let taken = Atomic(0)

  /// - Parameter count: the journeys at most.
  init(for count: Int) throws {
    users = (0..<count).map { .init(name: "user\($0)", password: "password \($0)") }
    var options = DovecotOptions()
    options.users = users
    options.authority = try CertificateAuthority(name: "laboratory")
    old = try DovecotLab(options)
    new = try DovecotLab(options)
    options.capabilities = MigrationTests.plain
    plain = try DovecotLab(options)
    tls = try TLSContext(TLSPolicy(trust: .caFile(old.authorityFile)))
  }

  deinit {
    for lab in [old, new, plain] { lab.stop() }
  }

  func nextUser() -> DovecotOptions.User {
    users[taken.wrappingAdd(1, ordering: .relaxed).oldValue]
  }
}
