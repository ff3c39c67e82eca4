// mailmove: every kind of endpoint there is.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailEndpoints
import MailTestKit
import MailTransport
import MailWire
import SyncEngine
import Testing

/// The endpoints that have to pass the contract.
enum EndpointKind: CaseIterable, Sendable {
  case fake
  case fakeWithoutUIDs
  case fakeInGroups
  case dovecot
  case archive

  /// Runs a test with a target that has an empty INBOX and nothing else.
  func with(_ test: (any MailTarget) async throws -> Void) async throws {
    var habits = FakeAccount.Habits()
    switch self {
    case .fake: break
    case .fakeWithoutUIDs: habits.tellsUIDs = false
    case .fakeInGroups: habits.groupMax = 3
    case .dovecot: return try await Self.withDovecot(test)
    case .archive: return try await Self.withArchive(test)
    }
    let target = FakeTarget(FakeAccount(habits: habits))
    try await test(target)
    await target.close()
  }

  private static func withDovecot(_ test: (any MailTarget) async throws -> Void) async throws {
    let lab = try DovecotLab()
    defer { lab.stop() }
    let user = lab.options.users[0]
    let account = IMAPAccount(
      url: try EndpointURL("imaps://\(user.name)@localhost:\(lab.ports.imaps)"), side: .target,
      credentials: CredentialProvider(kind: .password) { .password(Secret(user.password)) },
      tls: try TLSContext(TLSPolicy(trust: .caFile(lab.authorityFile))))
    let target = try await IMAPTarget.connect(account)
    try await test(target)
    await target.close()
  }

  /// An archive has no INBOX before mail for it comes.
  private static func withArchive(_ test: (any MailTarget) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let door = ArchiveDoor(
      ArchivePlace(path: folder.path + "/archive", account: nil, side: .target))
    let target = try await ArchiveTarget.connect(
      door, label: "anna@example.org", origin: EndpointURL("imaps://anna@mail.example.org"))
    _ = try await target.open(ContractMail.inbox, lastKnown: nil)
    try await test(target)
    await target.close()
    let head = try #require(try await door.close())
    let report = try await ArchiveCheck(at: folder.path + "/archive").run(.messages)
    #expect(report.findings == [] && report.position == head.position)
  }

  /// Whether the receipts name the target's UID.
  var tellsUIDs: Bool { self != .fakeWithoutUIDs }
}

/// What the contract puts into a target.
enum ContractMail {
  static let inbox = row("INBOX")
  static let date = InternalDate(secondsSinceEpoch: 1_234_567_890, zoneMinutes: 120)

  /// A row of the map that goes to the mailbox of the same name.
  static func row(_ name: String) -> MappedMailbox {
    var row = MappedMailbox(
      source: MailboxName(wire: name), sourceDelimiter: UInt8(ascii: "/"), sourcePath: name,
      decision: .same, reason: "the same name")
    row.target = row.source
    row.targetPath = name
    return row
  }

  static func text(_ number: Int) -> String {
    "Message-ID: <\(number)@example.org>\r\nFrom: a@example.org\r\nSubject: number \(number)\r\n"
      + "\r\nbody \(number)\r\n"
  }

  static func message(_ number: Int, _ text: String? = nil, flags: FlagSet = .none) -> Message {
    let bytes = Array((text ?? self.text(number)).utf8)
    let uid = UID(UInt32(number))
    return Message(
      key: SourceKey(uidValidity: UIDValidity(77), uid: uid),
      entry: Entry(uid: uid, size: Int64(bytes.count), internalDate: date, flags: flags),
      bytes: bytes)
  }
}

extension MailTarget {
  /// Appends messages and waits for every answer, in the order of the messages.
  func appendAll(_ messages: [Message], to mailbox: TargetMailbox) async throws -> [AppendResult] {
    var results: [AppendResult] = []
    for message in messages { results += try await append(message, to: mailbox) }
    results += try await settle()
    return results.sorted { $0.key < $1.key }
  }

  /// Everything in a mailbox with its bytes, ascending by UID.
  func messages(in mailbox: TargetMailbox) async throws -> [Message] {
    let entries = try await snapshot(of: mailbox.name, since: nil).entries
    guard !entries.isEmpty else { return [] }
    let stream = try await fetch(
      Batch(uidValidity: mailbox.uidValidity, entries: entries), from: mailbox.name)
    var found: [Message] = []
    while let fetched = try await stream.next() {
      if case .message(let message) = fetched { found.append(message) }
    }
    return found.sorted { $0.key < $1.key }
  }
}
