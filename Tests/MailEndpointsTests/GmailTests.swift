// mailmove: a small Gmail: labels, All Mail, and what is in it alone.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct GmailTests {
  private static let view = MailboxName(wire: "[Gmail]/Alle Nachrichten")
  private static let archive = MailboxName(wire: "Archive")
  private static let all = #"[Gmail]/Alle Nachrichten"#

  /// What a message is labelled with; All Mail shows it under its UID, the inbox and Work too.
  private final class Account: Sendable {
    private let labels: Mutex<[UInt32: String]>
    let shown: Mutex<Int?>

    init(_ labels: [UInt32: String], shown: Int? = nil) {
      self.labels = Mutex(labels)
      self.shown = Mutex(shown)
    }

    func label(_ uid: UInt32, _ text: String) { labels.withLock { $0[uid] = text } }

    private func uids(in mailbox: String) -> [UInt32] {
      let mark =
        switch mailbox {
        case "INBOX": #"\Inbox"#
        case "Work": "Work"
        default: ""
        }
      return labels.withLock { $0 }.filter { mark.isEmpty || $0.value.contains(mark) }.keys.sorted()
    }

    func answer(_ request: ScriptedIMAPServer.Request, _ open: inout String) -> [String]? {
      let name = request.text.split(separator: "\"").dropFirst().first.map(String.init) ?? ""
      switch request.name {
      case "LIST":
        return [
          #"* LIST (\HasNoChildren) "/" "INBOX""#, #"* LIST (\HasNoChildren) "/" "Work""#,
          #"* LIST (\Noselect) "/" "[Gmail]""#, #"* LIST (\All) "/" "\#(all)""#,
          #"* LIST (\Flagged) "/" "[Gmail]/Markiert""#, "OK done",
        ]
      case "EXAMINE":
        open = name
        return ScriptedMailbox.opened(exists: uids(in: name).count, uidNext: 100)
      case "STATUS":
        return ["* STATUS \"\(name)\" (MESSAGES \(uids(in: name).count))", "OK done"]
      case "UID FETCH": return fetched(request.text, in: open) + ["OK done"]
      default: return nil
      }
    }

    private func fetched(_ text: String, in mailbox: String) -> [String] {
      let wanted = text.split(separator: " ").dropFirst(2).first ?? ""
      var uids = uids(in: mailbox)
      if let shown = shown.withLock({ $0 }) { uids = Array(uids.prefix(shown)) }
      return uids.enumerated().compactMap { index, uid in
        if text.contains("BODY.PEEK[]") {
          guard wanted.split(separator: ",").contains(where: { covers($0, uid) }) else {
            return nil
          }
          return ScriptedMailbox.fetched(
            index + 1, uid: uid, body: "Subject: \(uid)\r\n\r\nletter \(uid)\r\n")
        }
        let labels = labels.withLock { $0[uid] ?? "" }
        let told = text.contains("X-GM-LABELS") ? " X-GM-LABELS (\(labels))" : ""
        return ScriptedMailbox.listed(index + 1, uid: uid).dropLast() + told + ")"
      }
    }

    private func covers(_ range: Substring, _ uid: UInt32) -> Bool {
      let ends = range.split(separator: ":").map { UInt32($0) ?? .max }
      guard let first = ends.first, let last = ends.last else { return false }
      return (min(first, last)...max(first, last)).contains(uid)
    }
  }

  private static func server(
    _ account: Account, capabilities: String = "IMAP4rev1 X-GM-EXT-1"
  ) throws -> ScriptedIMAPServer {
    let open = Mutex("")
    return try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      open.withLock { account.answer(request, &$0) }
    }
  }

  private static let labels: [UInt32: String] = [
    3: #""\\Inbox" "\\Important""#, 5: "Work", 8: "", 9: #"\Starred"#, 12: "Hidden",
  ]

  private static func subjects(_ account: FakeAccount, _ name: MailboxName) -> [String] {
    account.contents(of: name).map {
      String(String(decoding: $0.bytes, as: UTF8.self).prefix { $0 != "\r\n" })
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func archivedMailIsMovedOnceAndTheRestIsNothingMissing() async throws {
    let account = Account(Self.labels)
    let server = try Self.server(account)
    let target = FakeAccount()
    let journal = MemoryJournal()
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { try await IMAPSource.connect(server.account(side: .source)) },
        connectTarget: { FakeTarget(target) }),
      journal: journal, rules: MappingRules(), options: RunOptions(), pacing: Scenario.instant)
    let first = await run.run()
    #expect(first.failure == nil && first.mailboxes.allSatisfy { $0.failure == nil })
    #expect(
      Self.subjects(target, Self.archive) == ["Subject: 8", "Subject: 9", "Subject: 12"])
    #expect(Self.subjects(target, .inbox) == ["Subject: 3"])
    #expect(await run.run().total(\.copied) == 0)
    for level in VerifyLevel.allCases {
      let source = try await IMAPSource.connect(server.account(side: .source))
      let report = try await Verify(
        source: source, target: FakeTarget(target), journal: journal, level: level
      ).run()
      await source.close()
      #expect(report.differences.filter { $0.kind != .size }.isEmpty, "\(report.differences)")
    }
    account.label(5, #""\\Important""#)
    let third = await run.run()
    server.stop()
    #expect(third.total(\.copied) == 1)
    #expect(Self.subjects(target, Self.archive).last == "Subject: 5")
  }

  @Test(.timeLimit(.minutes(1)))
  func labelsAreAskedForInAllMailAlone() async throws {
    let server = try Self.server(Account(Self.labels))
    let source = try await IMAPSource.connect(server.account(side: .source))
    let listing = try await source.mailboxes()
    #expect(listing.tellsLabels)
    let snapshot = try await source.snapshot(of: Self.view, without: ListedLabels(listing))
    _ = try await source.snapshot(of: .inbox, since: nil)
    await source.close()
    server.stop()
    #expect(snapshot.entries.map(\.uid) == [UID(8), UID(9), UID(12)])
    #expect(snapshot.status.messages == 3 && !snapshot.isShort && snapshot.listingDoubt == nil)
    #expect(
      server.texts(of: "UID FETCH") == [
        "UID FETCH 1:4294967295 (UID FLAGS INTERNALDATE RFC822.SIZE X-GM-LABELS)",
        "UID FETCH 1:4294967295 (UID FLAGS INTERNALDATE RFC822.SIZE)",
      ])
  }

  @Test(.timeLimit(.minutes(1)))
  func aListingThatIsCutStaysShort() async throws {
    let server = try Self.server(Account(Self.labels, shown: 3))
    let source = try await IMAPSource.connect(server.account(side: .source))
    let listing = try await source.mailboxes()
    let snapshot = try await source.snapshot(of: Self.view, without: ListedLabels(listing))
    await source.close()
    server.stop()
    #expect(snapshot.entries.map(\.uid) == [UID(8)])
    #expect(snapshot.isShort && snapshot.listingDoubt != nil)
  }

  @Test(.timeLimit(.minutes(1)))
  func aServerWithoutLabelsIsNotAskedForThem() async throws {
    let server = try Self.server(Account(Self.labels), capabilities: "IMAP4rev1")
    let source = try await IMAPSource.connect(server.account(side: .source))
    let listing = try await source.mailboxes()
    let error = try await failure {
      try await source.snapshot(of: Self.view, without: ListedLabels(listing))
    }
    await source.close()
    server.stop()
    #expect(!listing.tellsLabels)
    #expect(error.cause == .mailboxRefused && error.scope == .mailbox)
    #expect(server.texts(of: "UID FETCH").isEmpty)
  }
}
