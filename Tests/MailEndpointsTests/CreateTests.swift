// mailmove: mailboxes are made where they are missing.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct CreateTests {
  /// The mailboxes of a scripted server, which makes what it is not told to refuse.
  final class Mailboxes: Sendable {
    private let names: Mutex<[String]>
    private let isRacing: Bool
    private let fold: @Sendable (String) -> String
    private let refusal: @Sendable (_ text: String) -> String?
    /// A mailbox is a file, and none can be below it.
    private let hasFilesOnly: Bool

    /// - Parameters:
    ///   - isRacing: what is refused has just been made by another client.
    ///   - fold: what the server makes of a name.
    init(
      _ names: [String] = ["INBOX"], isRacing: Bool = false, hasFilesOnly: Bool = false,
      folding fold: @escaping @Sendable (String) -> String = { $0 },
      refusal: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
      self.names = Mutex(names)
      self.isRacing = isRacing
      self.hasFilesOnly = hasFilesOnly
      self.fold = fold
      self.refusal = refusal
    }

    var all: [String] { names.withLock { Set($0) }.sorted() }

    func answer(_ request: ScriptedIMAPServer.Request) -> [String]? {
      let name = request.text.split(separator: "\"").dropFirst().first.map(String.init) ?? ""
      switch request.name {
      case "LIST":
        let attribute = hasFilesOnly ? "\\NoInferiors" : ""
        return names.withLock { $0 }.map { "* LIST (\(attribute)) \"/\" \"\($0)\"" } + ["OK done"]
      case "SELECT":
        return names.withLock { $0 }.contains(name)
          ? ScriptedMailbox.opened() : ["NO [NONEXISTENT] no such mailbox"]
      case "CREATE":
        let isBelow = names.withLock { $0.contains { name.hasPrefix($0 + "/") } }
        let refusal =
          hasFilesOnly && isBelow ? "NO nothing can be below a file" : refusal(request.text)
        if refusal == nil || isRacing { names.withLock { $0.append(fold(name)) } }
        return [refusal ?? "OK done"]
      default: return nil
      }
    }
  }

  private static func open(
    _ row: MappedMailbox, at mailboxes: Mailboxes, capabilities: String = "IMAP4rev1"
  ) async throws -> (result: Result<TargetMailbox, SyncError>, creates: [String]) {
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      mailboxes.answer(request)
    }
    let target = try await IMAPTarget.connect(server.account())
    let result: Result<TargetMailbox, SyncError>
    do { result = .success(try await target.open(row, lastKnown: nil)) } catch let error
      as SyncError
    {
      result = .failure(error)
    }
    await target.close()
    server.stop()
    return (result, server.texts(of: "CREATE"))
  }

  @Test(.timeLimit(.minutes(1)))
  func aMailboxThatWasMadeSinceThePlanIsOpened() async throws {
    let (result, _) = try await Self.open(
      ScriptedMailbox.mapped("Work"), at: Mailboxes(["INBOX", "Work"]))
    let mailbox = try result.get()
    #expect(mailbox.name == MailboxName(wire: "Work"))
    #expect(!mailbox.wasCreated)
    #expect(mailbox.uidValidity == ScriptedMailbox.validity)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("IMAP4rev1", "APPENDLIMIT 9", nil, 0), ("IMAP4rev1 APPENDLIMIT=9", "", nil, 0),
      ("IMAP4rev1 APPENDLIMIT", "APPENDLIMIT 9", 9, 1),
      ("IMAP4rev1 APPENDLIMIT", "APPENDLIMIT NIL", nil, 1),
    ])
  func theLimitOfAMailboxIsAskedForWhereItDiffersByMailbox(
    capabilities: String, status: String, limit: Int64?, questions: Int
  ) async throws {
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      switch request.name {
      case "SELECT": ScriptedMailbox.opened()
      case "STATUS": ["* STATUS INBOX (\(status))", "OK done"]
      default: nil
      }
    }
    let target = try await IMAPTarget.connect(server.account())
    let inbox = try await target.open(ScriptedMailbox.mapped("INBOX"), lastKnown: nil)
    await target.close()
    server.stop()
    #expect(inbox.appendLimit == limit)
    let asked = #"STATUS "INBOX" (APPENDLIMIT)"#
    #expect(server.texts(of: "STATUS") == Array(repeating: asked, count: questions))
  }

  @Test(
    .timeLimit(.minutes(1)), arguments: ["IMAP4rev1 APPENDLIMIT", "IMAP4rev1 APPENDLIMIT=0"])
  func aMailboxThatTakesNoMessageIsGivenUpAtOnce(capabilities: String) async throws {
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      switch request.name {
      case "SELECT": ScriptedMailbox.opened()
      case "STATUS": ["* STATUS INBOX (APPENDLIMIT 0)", "OK done"]
      default: nil
      }
    }
    let target = try await IMAPTarget.connect(server.account())
    let error = try await failure {
      try await target.open(ScriptedMailbox.mapped("INBOX"), lastKnown: nil)
    }
    await target.close()
    server.stop()
    #expect(error.cause == .mailboxReadOnly && error.scope == .mailbox)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMissingMailboxIsCreatedAndOpened() async throws {
    let (result, creates) = try await Self.open(ScriptedMailbox.mapped("Work"), at: Mailboxes())
    #expect(try result.get().wasCreated)
    #expect(creates == [#"CREATE "Work""#])
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["NO [CANNOT] bad name", "NO invalid characters"])
  func aRefusedNameIsFollowedByOthers(refusal: String) async throws {
    let row = ScriptedMailbox.mapped("Top/50% off*")
    let other = try #require(CreateAlternatives.names(for: row, family: .generic).first)
    #expect(other == MailboxName(wire: "Top/50_ off_"))
    let (result, creates) = try await Self.open(
      row, at: Mailboxes(refusal: { $0.contains("%") ? refusal : nil }))
    #expect(try result.get().name == other)
    #expect(creates.count == 2)
    #expect(creates.first == #"CREATE "Top/50% off*""#)
  }

  /// A run that gives no mailbox up.
  private func move(_ source: FakeAccount, into mailboxes: Mailboxes, lanes: Int) async throws {
    let server = try ScriptedIMAPServer { request, _ in mailboxes.answer(request) }
    var options = RunOptions()
    options.lanes = lanes
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { FakeSource(source) },
        connectTarget: { try await IMAPTarget.connect(server.account()) }),
      journal: MemoryJournal(), rules: MappingRules(), options: options,
      pacing: Scenario.instant)
    let report = await run.run()
    server.stop()
    #expect(report.failure == nil && report.mailboxes.allSatisfy { $0.failure == nil })
  }

  @Test(.timeLimit(.minutes(1)), arguments: [1, 2])
  func whatLiesBelowARefusedNameIsMadeBelowTheNameThatWasTaken(lanes: Int) async throws {
    let mailboxes = Mailboxes(refusal: { $0.contains("!") ? "NO [CANNOT] bad name" : nil })
    let source = FakeAccount()
    for name in ["Wow!", "Wow!/Sub", "Wow!/Sub/Deep"] { source.create(MailboxName(wire: name)) }
    try await move(source, into: mailboxes, lanes: lanes)
    #expect(mailboxes.all == ["INBOX", "Wow_", "Wow_/Sub", "Wow_/Sub/Deep"])
  }

  @Test(.timeLimit(.minutes(1)), arguments: [1, 2])
  func whatCannotBeBelowAMailboxIsMadeBesideItAtEveryDepth(lanes: Int) async throws {
    let mailboxes = Mailboxes(hasFilesOnly: true)
    let source = FakeAccount()
    for name in ["Teams", "Teams/Bauhaus", "Teams/Bauhaus/2024", "Teams/Nord", "Box/a/b"] {
      source.create(MailboxName(wire: name))
    }
    try await move(source, into: mailboxes, lanes: lanes)
    #expect(
      mailboxes.all == [
        "Box/a/b", "INBOX", "Teams", "Teams - Bauhaus", "Teams - Bauhaus - 2024", "Teams - Nord",
      ])
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("Work/Old", "INBOX/", "NO [NOPERM] not there", "INBOX/Work/Old"),
      ("Work/Old", "INBOX/", "NO Invalid mailbox name.", "INBOX/Work/Old"),
      ("Work/Old", nil, "NO Client tried to access nonexistent namespace.", "INBOX/Work/Old"),
      ("INBOX/Old", "", "NO [NOPERM] nothing below INBOX", "Old"),
    ])
  func aNameInTheWrongNamespaceIsMovedToTheOther(
    name: String, prefix: String?, refusal: String, other: String
  ) async throws {
    let mailboxes = Mailboxes(refusal: { $0.contains("\"\(name)\"") ? refusal : nil })
    let server = try ScriptedIMAPServer(
      capabilities: prefix == nil ? "IMAP4rev1" : "IMAP4rev1 NAMESPACE"
    ) { request, _ in
      request.name == "NAMESPACE"
        ? [#"* NAMESPACE (("\#(prefix ?? "")" "/")) NIL NIL"#, "OK done"]
        : mailboxes.answer(request)
    }
    let target = try await IMAPTarget.connect(server.account())
    let mailbox = try await target.open(ScriptedMailbox.mapped(name), lastKnown: nil)
    await target.close()
    server.stop()
    #expect(mailbox.name == MailboxName(wire: other))
    #expect(server.texts(of: "CREATE") == [#"CREATE "\#(name)""#, #"CREATE "\#(other)""#])
  }

  @Test(.timeLimit(.minutes(1)))
  func theFirstRefusalIsReportedWhenNoNameWorks() async throws {
    let (result, creates) = try await Self.open(
      ScriptedMailbox.mapped("50% off"),
      at: Mailboxes(refusal: { $0.contains("%") ? "NO first" : "NO second" }))
    let error = try #require(throws: SyncError.self) { try result.get() }
    #expect(error.cause == .mailboxNameRefused)
    #expect(error.scope == .mailbox)
    #expect(error.detail == "first")
    #expect(error.mailbox == MailboxName(wire: "50% off"))
    #expect(creates.count == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func otherNamesAreNoHelpAgainstMissingPermission() async throws {
    let (result, creates) = try await Self.open(
      ScriptedMailbox.mapped("50% off"), at: Mailboxes(refusal: { _ in "NO [NOPERM] not you" }))
    let error = try #require(throws: SyncError.self) { try result.get() }
    #expect(error.cause == .permissionDenied)
    #expect(creates.count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func aRoleThatIsRefusedIsDoneWithout() async throws {
    let (result, creates) = try await Self.open(
      ScriptedMailbox.mapped("Sent", role: .sent),
      at: Mailboxes(refusal: { $0.contains("USE") ? "NO [USEATTR] taken" : nil }),
      capabilities: "IMAP4rev1 CREATE-SPECIAL-USE")
    #expect(try result.get().wasCreated)
    #expect(creates == [#"CREATE "Sent" (USE (\Sent))"#, #"CREATE "Sent""#])
  }

  @Test(.timeLimit(.minutes(1)))
  func aRoleIsOnlySentWhereItIsUnderstood() async throws {
    let (_, creates) = try await Self.open(
      ScriptedMailbox.mapped("Sent", role: .sent), at: Mailboxes())
    #expect(creates == [#"CREATE "Sent""#])
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "NO [ALREADYEXISTS] there", "NO Mailbox already exists",
      // Dovecot 2.3 while another session makes the mailbox and what is above it.
      "NO Mailbox doesn't exist: Projekte",
    ])
  func aMailboxThatSomebodyElseMadeMeanwhileIsTaken(answer: String) async throws {
    let (result, creates) = try await Self.open(
      ScriptedMailbox.mapped("Work"), at: Mailboxes(isRacing: true, refusal: { _ in answer }))
    #expect(try result.get().name == MailboxName(wire: "Work"))
    #expect(creates.count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func theNameThatTheServerMadeOfItCounts() async throws {
    let mailboxes = Mailboxes(folding: { $0.lowercased() })
    let (result, creates) = try await Self.open(ScriptedMailbox.mapped("Work"), at: mailboxes)
    let mailbox = try result.get()
    #expect(mailbox.name == MailboxName(wire: "work"))
    #expect(mailbox.wasCreated)
    #expect(creates == [#"CREATE "Work""#])
  }

  @Test(.timeLimit(.minutes(1)))
  func aMailboxThatIsNotThereAfterItsCreationIsRefused() async throws {
    let mailboxes = Mailboxes(folding: { _ in "INBOX" })
    let (result, creates) = try await Self.open(ScriptedMailbox.mapped("Work"), at: mailboxes)
    let error = try #require(throws: SyncError.self) { try result.get() }
    #expect(error.cause == .mailboxNameRefused)
    #expect(error.scope == .mailbox)
    #expect(creates.count == 1)
  }
}
