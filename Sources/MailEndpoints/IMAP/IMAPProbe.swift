// mailmove: looking at one server.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Looks at one server: first without a login, then, if there are credentials, with one.
package struct IMAPProbe: Sendable {
  private let account: IMAPAccount

  package init(_ account: IMAPAccount) { self.account = account }

  /// Throws `SyncError`.
  package func run() async throws -> ProbeReport {
    let connection = try await IMAPConnection.open(account.withoutLogin)
    let before: ProbeReport
    do {
      before = try await report(on: connection)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
    guard account.credentials != nil else { return before }
    let session = try await IMAPTarget.connect(account)
    do {
      var report = before
      report.session = try await look(around: session)
      report.serverID = await fields(of: session.connection)
      await session.close()
      return report
    } catch {
      await session.close()
      throw error
    }
  }

  private func report(on connection: IMAPConnection) async throws -> ProbeReport {
    guard let info = await connection.tlsInfo() else {
      throw SyncError(
        .connectionLost, scope: .connection, remedy: .retry(after: nil), side: account.side)
    }
    var report = ProbeReport(
      info, isStartTLS: account.url.scheme == .imap, greeting: await connection.greeting)
    let capabilities = await connection.capabilities()
    report.capabilities = capabilities.names
    report.mechanisms = ProbeReport.ranked(capabilities.mechanisms)
    report.serverID = await fields(of: connection)
    return report
  }

  private func fields(of connection: IMAPConnection) async -> [ProbeReport.IDField] {
    await connection.serverID.sorted { $0.key < $1.key }
      .map { ProbeReport.IDField(name: $0.key, value: $0.value) }
  }

  /// The folders with the roles they would have as a source.
  private func look(around session: IMAPTarget) async throws -> ProbeReport.Session {
    let listing = try await session.mailboxes()
    let map = try MailboxMapping.plan(
      for: listing, target: MailboxListing(mailboxes: []), rules: MappingRules(), frozen: [])
    return ProbeReport.Session(
      capabilities: await session.connection.capabilities().names,
      limits: await session.limits(), quota: try await session.quota(),
      folders: map.rows.map { row in
        ProbeReport.Folder(
          path: row.sourcePath, role: row.role?.rawValue, rule: row.roleRule.rawValue,
          messages: listing.mailboxes.first { $0.name == row.source }?.status?.messages)
      })
  }
}

extension IMAPAccount {
  fileprivate var withoutLogin: IMAPAccount {
    IMAPAccount(
      url: url, side: side, credentials: nil, tls: tls, deadlines: deadlines,
      compression: compression, trace: trace)
  }
}
