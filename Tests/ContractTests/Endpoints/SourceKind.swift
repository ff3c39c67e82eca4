// mailmove: every kind of source there is.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailEndpoints
import MailTestKit
import MailTransport
import MailWire
import SyncEngine
import Testing

/// The sources that have to pass the contract, and the removers of those that have one.
enum SourceKind: CaseIterable, Sendable {
  case fake
  case imap
  case pop3
  case archive

  static let removable: [SourceKind] = [.fake, .imap, .pop3]

  /// What opens sessions with one account.
  struct Sessions: Sendable {
    let source: @Sendable () async throws -> any MailSource
    /// nil where nothing can be removed.
    let remover: (@Sendable () async throws -> any MailRemover)?
  }

  /// The source has no flags and no dates, and all texts end in a line end.
  var isMaildrop: Bool { self == .pop3 }

  /// Runs a test with an account that has these messages in its INBOX and nothing else.
  func with(_ mail: [Message], _ test: (Sessions) async throws -> Void) async throws {
    switch self {
    case .fake: try await test(Self.fake(mail))
    case .imap, .pop3: try await withDovecot(mail, test)
    case .archive: try await Self.withArchive(mail, test)
    }
  }

  private static func fake(_ mail: [Message]) -> Sessions {
    let account = FakeAccount()
    for message in mail {
      account.store(
        message.bytes, in: .inbox, flags: message.entry.flags, date: message.entry.internalDate)
    }
    return Sessions(
      source: { FakeSource(account) },
      remover: { FakeRemover(account, crash: CrashPoint()) { _ in } })
  }

  private func withDovecot(
    _ mail: [Message], _ test: (Sessions) async throws -> Void
  ) async throws {
    let lab = try DovecotLab()
    defer { lab.stop() }
    let user = lab.options.users[0]
    try LabClient(lab).append(
      mail.map { message in
        SampleMessage(
          bytes: message.bytes, flags: message.entry.flags.names,
          internalDate: "14-Feb-2009 01:31:30 +0200", mailbox: "INBOX")
      }, to: "INBOX")
    let credentials = CredentialProvider(kind: .password) { .password(Secret(user.password)) }
    let tls = try TLSContext(TLSPolicy(trust: .caFile(lab.authorityFile)))
    if self == .imap {
      let account = IMAPAccount(
        url: try EndpointURL("imaps://\(user.name)@localhost:\(lab.ports.imaps)"), side: .source,
        credentials: credentials, tls: tls)
      return try await test(
        Sessions(
          source: { try await IMAPSource.connect(account) },
          remover: { try await IMAPRemover.connect(account) }))
    }
    let keys = PassingKeyBook()
    let account = POP3Account(
      url: try EndpointURL("pop3s://\(user.name)@localhost:\(lab.ports.pop3s)"), side: .source,
      credentials: credentials, tls: tls)
    try await test(
      Sessions(
        source: { try await POP3Source.connect(account, keys: keys) },
        remover: { try await POP3Remover.connect(account, keys: keys) }))
  }

  private static func withArchive(
    _ mail: [Message], _ test: (Sessions) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let place = ArchivePlace(path: folder.path + "/archive", account: nil, side: .source)
    let door = ArchiveDoor(place)
    let target = try await ArchiveTarget.connect(
      door, label: "anna@example.org", origin: EndpointURL("imaps://anna@mail.example.org"))
    let mailbox = try await target.open(ContractMail.inbox, lastKnown: nil)
    _ = try await target.appendAll(mail, to: mailbox)
    await target.close()
    _ = try await door.close()
    try await test(
      Sessions(source: { try await ArchiveSource.connect(place) }, remover: nil))
  }
}
