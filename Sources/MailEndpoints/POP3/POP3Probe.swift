// mailmove: looking at one POP3 server.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Looks at one POP3 server: first without a login, then, if there are credentials, with one.
///
/// One session after the other, because a maildrop is open to one at a time.
package struct POP3Probe: Sendable {
  private let account: POP3Account

  package init(_ account: POP3Account) { self.account = account }

  /// Throws `SyncError`.
  package func run() async throws -> ProbeReport {
    var report = try await look(POP3Account(lookingAt: account)) { try await Self.report(on: $0) }
    guard account.credentials != nil else { return report }
    report.session = try await look(account) { connection in
      let messages = try await connection.interruptible { try $0.announced() }
      return ProbeReport.Session(
        capabilities: await connection.capabilities.names, limits: TargetLimits(), quota: nil,
        folders: [
          ProbeReport.Folder(
            path: "INBOX", role: MailboxRole.inbox.rawValue, rule: "the only one POP3 has",
            messages: messages)
        ])
    }
    return report
  }

  private func look<Result: Sendable>(
    _ account: POP3Account, _ body: (POP3Connection) async throws -> Result
  ) async throws -> Result {
    let connection = try await POP3Connection.open(account)
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func report(on connection: POP3Connection) async throws -> ProbeReport {
    guard let info = await connection.tlsInfo() else {
      throw SyncError(
        .connectionLost, scope: .connection, remedy: .retry(after: nil),
        side: connection.account.side)
    }
    var report = ProbeReport(
      info, isStartTLS: connection.account.url.scheme == .pop3,
      greeting: await connection.greeting)
    let capabilities = await connection.capabilities
    report.capabilities = capabilities.names
    report.mechanisms = ProbeReport.ranked(capabilities.mechanisms)
    return report
  }
}

extension POP3Account {
  fileprivate init(lookingAt account: POP3Account) {
    self.init(
      url: account.url, side: account.side, credentials: nil, tls: account.tls,
      deadlines: account.deadlines, trace: account.trace)
  }
}
