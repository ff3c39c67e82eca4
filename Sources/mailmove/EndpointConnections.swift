// mailmove: from addresses to connections.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTransport
import SyncEngine

/// How the two sides of a job are connected to, whatever they are.
struct EndpointConnections: Sendable {
  let source: @Sendable () async throws -> any MailSource
  let target: @Sendable () async throws -> any MailTarget

  /// - Parameter keys: numbers messages for sources without UIDs.
  init(_ job: Job, keys: any KeyBook, _ hooks: RunHooks) {
    let compression: CompressionChoice =
      job.compresses.map { $0 ? .always : .never } ?? .whenItPays
    let target = job.target.imapAccount(compression: compression, hooks)
    self.target = { try await IMAPTarget.connect(target) }
    switch job.source.url.scheme {
    case .imaps, .imap, .archive:
      let account = job.source.imapAccount(compression: compression, hooks)
      source = { try await IMAPSource.connect(account) }
    case .pop3s, .pop3:
      let account = job.source.pop3Account(hooks)
      source = { try await POP3Source.connect(account, keys: keys) }
    }
  }
}

extension Endpoint {
  func imapAccount(compression: CompressionChoice, _ hooks: RunHooks) -> IMAPAccount {
    IMAPAccount(
      url: url, side: side, masterUser: masterUser, credentials: credentials, tls: tls,
      compression: compression, trace: Self.trace(hooks))
  }

  func pop3Account(_ hooks: RunHooks) -> POP3Account {
    POP3Account(
      url: url, side: side, masterUser: masterUser, credentials: credentials, tls: tls,
      trace: Self.trace(hooks))
  }

  /// Looks at the server. Throws `SyncError`.
  func probe(_ hooks: RunHooks) async throws -> ProbeReport {
    switch url.scheme {
    case .imaps, .imap, .archive:
      try await IMAPProbe(imapAccount(compression: .never, hooks)).run()
    case .pop3s, .pop3: try await POP3Probe(pop3Account(hooks)).run()
    }
  }

  private var side: SyncError.Side { place == .target ? .target : .source }

  private static func trace(_ hooks: RunHooks) -> @Sendable (String) -> WireTrace {
    { label in WireTrace(connection: label, sink: hooks.trace) }
  }
}
