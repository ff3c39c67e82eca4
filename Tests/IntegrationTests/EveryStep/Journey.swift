// mailmove: one move between accounts of its own.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import MailTransport
import MailWire
import SQLiteJournal
import SyncEngine

@testable import MailEndpoints

/// A move on one route with an account, an archive and a ledger of its own, by the product's own
/// endpoints in this process, which can die at any durable step.
struct Journey {
  private let route: Route
  private let labs: JourneyLabs
  private let user: DovecotOptions.User
  private let folder: TemporaryFolder

  /// Alike in every way short of being the same.
  static let letters: [SampleMessage] = [
    letter(1, in: "INBOX", flags: ["\\Seen", "$Forwarded"]), letter(2, in: "INBOX"),
    letter(2, in: "INBOX"), letter(3, in: "INBOX", body: "other body under the same header"),
    letter(3, in: "INBOX", body: "one more"), letter(4, in: "Work", flags: ["\\Flagged"]),
    letter(2, in: "Work"), letter(5, in: "Work/Ångström", flags: ["\\Draft", "\\Answered"]),
  ]

  private static func letter(
    _ number: Int, in mailbox: String, flags: [String] = [], body: String = "hello"
  ) -> SampleMessage {
    let text =
      "Message-ID: <\(number)@example.org>\r\nDate: Tue, 3 Feb 2009 09:07:00 +0100\r\n"
      + "From: a@example.org\r\nSubject: number \(number)\r\n\r\n.\(body)\r\n"
    return SampleMessage(
      bytes: Array(text.utf8), flags: flags, internalDate: " 3-Feb-2009 09:0\(number):00 +0100",
      mailbox: mailbox)
  }

  /// Everything up to the run that will die.
  init(_ route: Route, _ labs: JourneyLabs) async throws {
    self.route = route
    self.labs = labs
    user = labs.nextUser()
    folder = try TemporaryFolder()
    try deliver(Self.letters, to: oldAccount())
    switch route {
    case .imapToIMAP, .imapToPlainIMAP, .imapInLanes, .imapInLanesToPlainIMAP, .imapToArchive,
      .pop3ToIMAP, .pop3ToArchive, .imapEmptied, .imapIntoArchiveEmptied, .pop3Emptied:
      break
    case .imapAdopted:
      try deliver([Self.letters[1], Self.letters[4], Self.letters[5]], to: newAccount())
    case .imapLater:
      _ = try await run()
      let old = try oldAccount()
      _ = try old.select("INBOX")
      try old.store(uids: [1, 2], "FLAGS (\\Flagged $Later)")
      try deliver([Self.letter(9, in: "INBOX"), Self.letter(2, in: "New")], to: old)
    case .archiveToIMAP:
      _ = try await run(from: .imap, to: .archive, ledger: "first")
    }
  }

  /// POP3 has one mailbox; what counts there is how many messages there are.
  private func deliver(_ letters: [SampleMessage], to client: LabClient) throws {
    let existing = Set(try client.list().map(\.path))
    let grouped = Dictionary(grouping: letters) { route.source == .pop3 ? "INBOX" : $0.mailbox }
    for (mailbox, letters) in grouped.sorted(by: { $0.key < $1.key }) {
      if !existing.contains(mailbox) { try client.create(mailbox) }
      try client.append(letters, to: mailbox)
    }
  }

  private func oldAccount() throws -> LabClient { try LabClient(labs.old, user: user) }

  private func newAccount() throws -> LabClient {
    try LabClient(lab(of: route.target), user: user)
  }

  private func lab(of side: Route.Side) -> DovecotLab {
    side == .plainIMAP ? labs.plain : labs.new
  }

  /// What the source holds, with a client that is not the product's; nothing of an archive.
  func left() throws -> LabSnapshot { try LabSnapshot(of: oldAccount()) }

  /// One line for each message at the target: where it is, its digest, flags and moment.
  func arrived() async throws -> [String] {
    guard route.target == .archive else {
      let snapshot = try LabSnapshot(of: newAccount())
      return snapshot.mailboxes.flatMap { path, entries in
        entries.map { "\(path) \($0.digest) \($0.flags.joined(separator: ",")) \($0.moment)" }
      }.sorted()
    }
    guard FileManager.default.fileExists(atPath: archive + "/mailmove-archive.json") else {
      return []
    }
    let reader = try ArchiveReader.open(at: archive)
    var lines: [String] = []
    for mailbox in try await reader.folders() {
      for placement in try await reader.placements(in: mailbox) {
        let digest = LabSnapshot.digest(of: try reader.bytes(of: placement.message))
        let date = placement.internalDate?.description ?? "no date"
        lines.append("\(mailbox.name) \(digest) \(placement.flags) \(date)")
      }
    }
    try reader.close()
    return lines.sorted()
  }

  var archive: String { folder.path + "/archive" }

  /// How far the ledger is, as a new process sees it.
  func ledger() async throws -> JobSummary? {
    let journal = try SQLiteJournal.openForReading(at: folder.path + "/main.sqlite")
    defer { try? journal?.close() }
    return try await journal?.summary()
  }

  /// A run that ends as a killed process does if the crash point is reached.
  func run(_ crash: CrashPoint = CrashPoint()) async throws -> Report {
    try await run(from: route.source, to: route.target, ledger: "main", crash)
  }

  private func run(
    from source: Route.Side, to target: Route.Side, ledger: String,
    _ crash: CrashPoint = CrashPoint()
  ) async throws -> Report {
    let hook: DurableStepHook = { try crash.pass("journal \($0)") }
    let path = folder.path + "/\(ledger).sqlite"
    let journal = try SQLiteJournal.open(
      at: path, job: JobIdentity(source: "\(source)", target: "\(target)"))
    let keys = CrashingKeyBook(journal, onDurableStep: hook)
    let door = ArchiveDoor(ArchivePlace(path: archive, account: nil, side: .target))
    let emptying: @Sendable () async throws -> any MailRemover = {
      DyingRemover(try await remover(from: source, keys), crash: crash)
    }
    let endpoints = RunEndpoints(
      connectSource: { try await reader(of: source, keys) },
      connectTarget: { DyingTarget(try await writer(to: target, door), crash: crash) },
      connectRemover: source == .archive ? nil : emptying)
    let report = await Run(
      endpoints: endpoints, journal: CrashingJournal(journal, onDurableStep: hook),
      rules: MappingRules(), options: route.options, pacing: Scenario.instant
    ).run()
    if target == .archive {
      if crash.isDead { try await door.open().abandon() } else { _ = try await door.close() }
    }
    try journal.close()
    return report
  }

  private func reader(of side: Route.Side, _ keys: any KeyBook) async throws -> any MailSource {
    switch side {
    case .imap, .plainIMAP: try await IMAPSource.connect(imap(labs.old, .source))
    case .pop3: try await POP3Source.connect(pop3(), keys: keys)
    case .archive:
      try await ArchiveSource.connect(ArchivePlace(path: archive, account: nil, side: .source))
    }
  }

  private func writer(to side: Route.Side, _ door: ArchiveDoor) async throws -> any MailTarget {
    guard side == .archive else {
      return try await IMAPTarget.connect(imap(lab(of: side), .target))
    }
    let origin = try imap(labs.old, .source).url
    return try await ArchiveTarget.connect(door, label: user.name, origin: origin)
  }

  private func remover(
    from side: Route.Side, _ keys: any KeyBook
  ) async throws -> any MailRemover {
    guard side == .pop3 else { return try await IMAPRemover.connect(imap(labs.old, .source)) }
    return try await POP3Remover.connect(pop3(), keys: keys)
  }

  private func imap(_ lab: DovecotLab, _ side: SyncError.Side) throws -> IMAPAccount {
    IMAPAccount(
      url: try EndpointURL("imaps://\(user.name)@localhost:\(lab.ports.imaps)"), side: side,
      credentials: credentials, tls: labs.tls)
  }

  private func pop3() throws -> POP3Account {
    POP3Account(
      url: try EndpointURL("pop3s://\(user.name)@localhost:\(labs.old.ports.pop3s)"),
      side: .source, credentials: credentials, tls: labs.tls)
  }

  private var credentials: CredentialProvider {
    CredentialProvider(kind: .password) { [user] in .password(Secret(user.password)) }
  }
}
