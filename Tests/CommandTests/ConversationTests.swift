// mailmove: tests of what is said.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTransport
import MailWire
import SQLiteJournal
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct ConversationTests {
  private let folder: TemporaryFolder
  private let accounts = ["imaps://alice@old.example.org", "imaps://alice@new.example.org"]

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ arguments: [String], engine: FakeEngine = FakeEngine(), isWatched: Bool = false,
    with more: [String: String] = [:]
  ) async -> (status: MailJobs.ExitStatus, output: String, errors: String) {
    var environment = [
      "HOME": folder.path, "MAILMOVE_SOURCE_PASSWORD": "hunter2",
      "MAILMOVE_TARGET_PASSWORD": "hunter3", "NO_COLOR": "1",
    ]
    environment.merge(more) { _, new in new }
    let recorder = Recorder(environment, isWatched: isWatched)
    let status = await MailMoveCommand.run(arguments, recorder.surroundings, engine: engine)
    let said = recorder.output + recorder.errors
    #expect(!said.contains("hunter"))
    #expect(!said.contains("\u{202E}"))
    return (status, recorder.output, recorder.errors)
  }

  @Test func inCronOneLineSaysWhatARunDid() async {
    let said = await run(["sync"] + accounts)
    #expect(said.status == .skips)
    #expect(
      said.output
        == "1,234 messages copied (48.1 MB), 7 already there, 2 with flags updated, "
        + "1 skipped in 2 folders, 0s\n")
    #expect(said.errors.hasPrefix("1 message not moved; 'mailmove status alice-old"))
  }

  @Test func quietSaysNothingWhenAllIsWell() async {
    var report = Samples.report
    report.mailboxes[0].skipped = 0
    let said = await run(["sync", "-q"] + accounts, engine: FakeEngine(report: report))
    #expect(said.status == .success)
    #expect(said.output.isEmpty && said.errors.isEmpty)
  }

  @Test(arguments: [[], ["-q"], ["--json"]]) func aWarningIsToldAlways(manner: [String]) async {
    var report = Samples.report
    report.mailboxes[0].skipped = 0
    let engine = FakeEngine(report: report, events: [Samples.warning])
    let said = await run(["sync"] + manner + accounts, engine: engine)
    #expect(said.status == .success)
    #expect(
      said.errors == "mailmove: warning: --include Wrok fits no folder [31mred\n",
      "\(said.errors)")
    let isEvent = said.output.contains(#""event":"warning""#)
    #expect(isEvent == (manner == ["--json"]), "\(said.output)")
  }

  @Test func onATerminalThereIsALineATableAndTheNextStep() async throws {
    let said = await run(["sync"] + accounts, isWatched: true)
    #expect(said.errors.contains("\r"))
    #expect(said.output.contains("folder           copied  already there  flags updated  skipped"))
    #expect(said.output.contains("Gesendet → Sent       0              7"))
    #expect(said.output.contains("total             1,234              7"))
    #expect(
      said.output.contains(
        "skipped: INBOX, UID 7, 52.0 MB: the message is too big for the target server: "
          + "the limit is 25 MB"))
    #expect(said.errors.contains("note: a folder is [31mred"))
    #expect(said.errors.contains("trying again in 1s (attempt 2)"))
    #expect(said.errors.contains("next: mailmove status alice-old.example.org--alice-new"))
    // Whatever is said erases the live line before it.
    let note = try #require(said.errors.range(of: "note:"))
    #expect(said.errors[..<note.lowerBound].hasSuffix("\r\u{1B}[K"))
  }

  @Test func foldersWithoutNewsAreCountedAndThoseLeftOutAreNamedByReason() {
    var report = Samples.report
    report.mailboxes.append(MailboxLineItem(pair: Samples.pair(3, "Quiet", "Quiet")))
    report.leftOut = (10..<15).map { Samples.pair($0, "All \($0)", nil) }
    let text = ReportText(report: report, elapsed: .zero)
    #expect(text.table.count == 4)
    #expect(
      text.remarks == [
        "nothing was done in 1 folder",
        "left out: All 10, All 11, All 12 and 2 more (same name)",
      ])
  }

  @Test func afterSuccessVerifyIsNext() async {
    var report = Samples.report
    report.mailboxes[0].skipped = 0
    let said = await run(
      ["sync"] + accounts, engine: FakeEngine(report: report), isWatched: true)
    #expect(said.errors.hasSuffix("next: mailmove verify \(accounts[0]) \(accounts[1])\n"))
  }

  @Test func colourIsUsedOnATerminalOnly() async {
    let plain = await run(["sync"] + accounts, with: ["NO_COLOR": ""])
    #expect(!plain.output.contains("\u{1B}"))
    let coloured = await run(["sync"] + accounts, isWatched: true, with: ["NO_COLOR": ""])
    #expect(coloured.output.contains("\u{1B}[33mskipped: "))
    let refused = await run(["sync"] + accounts, isWatched: true)
    #expect(!refused.output.contains("\u{1B}["))
  }

  @Test func theTraceIsShownOnRequest() async {
    #expect(await run(["sync", "-v"] + accounts).errors.contains("C: a1 NOOP\n"))
    #expect(await !run(["sync"] + accounts).errors.contains("NOOP"))
  }

  @Test func everyLineOfJSONIsAnObjectWithSchemaEventAndTime() async throws {
    let commands = [
      ["sync"] + accounts, ["plan"] + accounts, ["verify"] + accounts, ["status"],
      ["probe", "imaps://old.example.org"],
    ]
    _ = try folder.file(".local/state/mailmove/alice.sqlite", "")
    var names: Set<String> = []
    for command in commands {
      let said = await run(command + ["--json"], isWatched: true)
      for line in said.output.split(separator: "\n") {
        let object = try #require(
          JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["schema"] as? Int == 1)
        #expect(object["time"] as? String == "2026-03-01T12:00:00Z")
        names.insert(try #require(object["event"] as? String))
      }
      #expect(said.errors.isEmpty)
    }
    #expect(
      names == [
        "planned", "mailbox-started", "settled", "skipped", "mailbox-finished", "retrying",
        "notice", "report", "plan", "verify", "status", "probe",
      ])
  }

  @Test func aFailureIsToldWithItsHint() async throws {
    let engine = FakeEngine(failure: Samples.error(.loginRefused, .target))
    let said = await run(["sync"] + accounts, engine: engine)
    #expect(said.status == .loginTarget)
    #expect(
      said.errors.hasPrefix(
        "mailmove: the target server refused the login in 'INBOX': NO [ALERT] evil\n  check user"))
    let json = await run(["sync", "--json"] + accounts, engine: engine)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["event"] as? String == "error")
    #expect(object["cause"] as? String == "loginRefused")
    #expect(object["exit"] as? Int == 13)
  }

  @Test func whereOnlyAFolderWasGivenUpNoMessagesAreSpokenOf() async {
    var folder = MailboxLineItem(pair: Samples.inbox)
    folder.failure = SyncError(
      .mailboxRefused, scope: .mailbox, remedy: .stop, side: .source, mailbox: .inbox)
    let said = await run(
      ["sync"] + accounts, engine: FakeEngine(report: Report(mailboxes: [folder])))
    #expect(said.status == .skips)
    #expect(said.errors.contains("refused to open the mailbox"), "\(said.errors)")
    #expect(!said.errors.contains("not moved"), "\(said.errors)")
  }

  @Test(arguments: ["plan", "verify"])
  func aFolderThatCannotBeOpenedIsNamedInTheEnd(command: String) async {
    let locked = SyncError(
      .permissionDenied, scope: .mailbox, remedy: .stop, side: .source,
      mailbox: MailboxName(wire: "Locked"))
    for manner in [[], ["-q"]] {
      let said = await run([command] + manner + accounts, engine: FakeEngine(locked: locked))
      #expect(said.status == .skips)
      #expect(
        said.errors.contains("mailmove: the source server does not permit this in 'Locked'\n"))
      #expect(!said.output.contains("could not be compared") || command == "verify")
    }
  }

  @Test func withoutAHomeTheFoldersThatAreGivenAreEnough() async throws {
    let noHome = ["HOME": ""]
    let state = ["--state", folder.path]
    for command in [["sync"] + accounts, ["plan"] + accounts, ["status"]] {
      let said = await run(command + state, with: noHome)
      #expect(!said.errors.contains("HOME"), "\(said.errors)")
      #expect(said.status != .usage)
      let homeless = await run(command, with: noHome)
      #expect(homeless.status == .usage)
      #expect(homeless.errors.contains("give --state DIR, or set XDG_STATE_HOME or HOME"))
    }
    let named = await run(["sync", "alice"] + state, with: noHome)
    #expect(named.status == .usage)
    #expect(named.errors.contains("give --config FILE, or set XDG_CONFIG_HOME or HOME"))
  }

  @Test func thePlanShowsTheRuleThatWon() async {
    let said = await run(["sync", "--dry-run"] + accounts)
    #expect(said.status == .success)
    #expect(
      said.output.contains("Gesendet          Sent               7  1.23 kB     2  same name"))
    #expect(said.output.contains("[Gmail]/All Mail  (left out)"))
    #expect(said.output.contains("the target takes messages up to 25.0 MB"))
    #expect(said.output.contains("Sent takes messages up to 10.0 MB"))
    #expect(said.output.contains("quota: 1.00 kB of 5.00 GB"))
    #expect(said.output.contains("note: two folders look like Sent"))
  }

  @Test func verifyNamesEveryDifference() async {
    let said = await run(["verify", "--level", "bytes"] + accounts)
    #expect(said.status == .differences)
    #expect(
      said.output == "INBOX, UID 5: missing at the target\n"
        + "what is missing at the target is copied again by 'sync' with --recopy-lost\n"
        + "2 messages compared by bytes in 1 folder: 1 difference\n")
  }

  @Test func verifyTellsWhatIsNotOnRecordYetAndWhatNumbersCannotShow() {
    func remarks(_ folders: [Int64?], _ messages: Int, _ level: VerifyLevel) -> [String] {
      var report = VerifyReport(level: level)
      report.unmoved = folders.map { UnmovedMailbox(mapped: Samples.inbox.mapped, messages: $0) }
      var mailbox = VerifiedMailbox(pair: Samples.inbox)
      mailbox.unaccounted = messages
      report.mailboxes = [mailbox]
      let text = VerifyText(report: report)
      return text.unmovedFolders(limit: 2) + text.remarks
    }
    #expect(remarks([], 0, .bytes) == [])
    #expect(remarks([], 1, .bytes) == ["1 message at the source is not on record yet; run 'sync'"])
    #expect(
      remarks([0], 0, .bytes) == [
        "INBOX: not on record yet: 0 messages",
        "1 folder at the source is not on record yet; run 'sync'",
      ])
    #expect(
      remarks([nil, 1_200, 4], 2, .bytes) == [
        "INBOX: not on record yet", "INBOX: not on record yet: 1,200 messages",
        "3 folders and 1,206 messages at the source are not on record yet; run 'sync'",
      ])
    #expect(remarks([Int64.max, .max], 0, .bytes).count == 3)
    #expect(remarks([], 0, .counts).first?.contains("only numbers were compared") == true)
  }

  @Test func verifyHasALiveLineOnATerminalOnly() async {
    let said = await run(["verify"] + accounts, isWatched: true)
    #expect(said.errors.contains("\r"))
    #expect(
      ProgressBar.render(compared, width: 120, at: .seconds(1))
        == "INBOX  512/1,235 messages  20.0 MB of 48.2 MB  folder 1 of 2")
    #expect(await run(["verify"] + accounts).errors.isEmpty)
    var counted = ProgressState()
    counted.apply(.planned(mailboxes: 1, toCompare: Workload(messages: 9, bytes: 0)), at: .zero)
    counted.apply(.mailboxStarted(Samples.inbox), at: .zero)
    #expect(
      ProgressBar.render(counted, width: 120, at: .seconds(9))
        == "INBOX  0/9 messages  folder 1 of 1")
  }

  private var compared: ProgressState {
    var state = ProgressState()
    for event in Samples.comparison { state.apply(event, at: .seconds(1)) }
    return state
  }

  @Test func whatATargetSaysOfItsStateStandsInTheSummary() async throws {
    var report = Samples.report
    report.targetState = "archive head 1234 sha256:\u{1B}e3b0"
    let said = await run(["sync"] + accounts, engine: FakeEngine(report: report))
    #expect(said.output.hasSuffix("in 2 folders, 0s; archive head 1234 sha256:e3b0\n"))
    let json = await run(["sync", "--json"] + accounts, engine: FakeEngine(report: report))
    #expect(json.output.contains(#""target_state":"archive head 1234 sha256:"#))
  }

  @Test func anEndThatCouldNotBePutOnRecordIsToldBesidesWhatTheRunDid() async {
    var report = Samples.report
    report.closingFailure = Samples.error(.diskFull, .local)
    let said = await run(["sync"] + accounts, engine: FakeEngine(report: report))
    #expect(said.status == .localState)
    #expect(said.output.hasPrefix("1,234 messages copied"))
    #expect(said.errors.hasPrefix("mailmove: the disk is full"))
    report.failure = Samples.error(.targetFull, .target)
    let both = await run(["sync"] + accounts, engine: FakeEngine(report: report))
    #expect(both.errors.contains("mailmove: the mailbox at the target server is full"))
    #expect(both.errors.contains("mailmove: the disk is full"))
    report.failure = Samples.error(.internalFault, .local)
    #expect(MailJobs.ExitStatus(report) == .internalFault)
  }

  @Test(
    arguments: [
      (60, true, "and ended 1970-01-01T00:01:00Z with exit code 0", "ended"),
      (nil, true, "and is running", "running"), (nil, false, "and was killed", "killed"),
    ] as [(Int64?, Bool, String, String)])
  func statusKnowsARunThatIsGoingFromOneThatWasKilled(
    ended: Int64?, isLocked: Bool, words: String, state: String
  ) {
    let standing = LedgerStanding(
      job: JobIdentity(source: "a", target: "b"), isInUse: isLocked,
      lastRun: .init(
        started: 0, ended: ended, exitCode: ended.map { _ in 0 }, isLocked: isLocked))
    let text = StatusText(name: LedgerName(job: "alice"), standing: standing)
    #expect(text.head.last == "last run began 1970-01-01T00:00:00Z \(words)")
    #expect(JSON.object(text.fields).text.contains(#""state":"\#(state)""#))
    #expect(MailJobs.ExitStatus(standing) == (ended == nil ? .temporary : .success))
  }

  @Test(arguments: [
    (true, "a run has just begun"),
    (false, "a run was killed before its first change was on disk; run 'mailmove sync' again"),
  ]) func statusOfALedgerWithNothingOnRecordIsNoError(isInUse: Bool, words: String) {
    let standing = LedgerStanding(isInUse: isInUse)
    let text = StatusText(name: LedgerName(job: "alice"), standing: standing)
    #expect(text.head == ["alice: nothing is on record yet", words])
    #expect(JSON.object(text.fields).text.contains(#""source_account":null"#))
    #expect(MailJobs.ExitStatus(standing) == .temporary)
  }

  @Test func statusTellsWhatWasDeletedFromTheSourceAndWhatWasKeptAndWhy() {
    var record = Samples.skip(7)
    record.state = .stored
    record.removal = .kept
    let line = JobSummary.MailboxLine(
      pair: Samples.inbox, counts: [.stored: 6], bytesAtTarget: 10,
      removals: [.removed: 2, .flagged: 1, .kept: 1, .proven: 1])
    let standing = LedgerStanding(
      job: JobIdentity(source: "a", target: "b"), isInUse: false,
      summary: JobSummary(mailboxes: [line]), kept: [.init(pair: Samples.inbox, record: record)])
    let text = StatusText(name: LedgerName(job: "alice"), standing: standing)
    #expect(text.head[1].hasSuffix("0 skipped, 3 deleted from the source, 2 kept at the source"))
    #expect(text.table.first?.hasSuffix("deleted  kept") == true, "\(text.table)")
    #expect(
      text.keptMessages == [
        "INBOX, UID 7, 52.0 MB: kept at the source, for want of proof that the target has it"
      ])
    let json = JSON.object(text.fields).text
    #expect(json.contains(#""removed":3,"kept":2"#), "\(json)")
    #expect(json.contains(#""kept_messages":[{"source":"INBOX""#), "\(json)")
  }

  @Test func statusListsJobsAndWhatWasNotMoved() async throws {
    _ = try folder.file(".local/state/mailmove/alice.sqlite", "")
    let all = await run(["status"])
    #expect(all.status == .skips)
    #expect(
      all.output.hasPrefix(
        "alice: imap://alice@old to imap://alice@new\n"
          + "1,234 messages at the target, 0 to do, 1 skipped\n"
          + "last run began 1970-01-01T00:00:00Z and ended 1970-01-01T00:01:00Z with exit code 3"))
    #expect(!all.output.contains("not moved"))
    let one = await run(["status", "alice"])
    #expect(one.output.contains("not moved: INBOX, UID 7"))
    let missing = await run(["status", "alcie"])
    #expect(missing.status == .usage)
    #expect(missing.errors.contains("did you mean 'alice'?"))
  }

  @Test func probeNeedsNoUserAndSendsNoPassword() async {
    let alone = await run(["probe", "imaps://old.example.org"])
    #expect(alone.status == .success)
    #expect(alone.output.contains("TLS           TLSv1.3, TLS_AES_256_GCM_SHA384"))
    #expect(alone.output.contains("  pin         sha256:e3b0c442"))
    #expect(!alone.output.contains("Gesendet"))
    let known = await run(
      ["probe", "imaps://alice@old.example.org"], with: ["MAILMOVE_PASSWORD": "hunter2"])
    #expect(known.output.contains("Gesendet  sent         7  trusted name"))
  }

  @Test func aJobTakesItsSettingsFromTheStrongestPlace() async throws {
    let secret = try folder.file("secret", "x\n")
    _ = try folder.file(
      ".config/mailmove/config.yaml",
      """
      version: 1
      defaults:
        lanes: 2
        into: Old
        target-tls-profile: compat
      jobs:
        alice:
          source: imaps://alice@old.example.org
          target: imap://alice@new.example.org:1143
          source-password-file: \(secret)
          lanes: 3
          source-tls-ca: /ca.pem
      """)
    let engine = FakeEngine()
    let said = await run(
      ["sync", "alice", "--into", "Older", "--source-tls-pin", "sha256:" + zeros],
      engine: engine, with: ["MAILMOVE_LANES": "4", "MAILMOVE_SOURCE_PASSWORD": ""])
    #expect(said.status == .skips)
    let job = try #require(engine.job)
    #expect(job.name == "alice")
    #expect(job.options.lanes == 4)
    #expect(job.rules.into == "Older")
    #expect(job.target.tls.policy.profile == .compat)
    #expect(
      job.source.tls.policy.trust == .pins([try #require(SHA256Digest(pin: "sha256:" + zeros))]))
    #expect(job.ledger == folder.path + "/.local/state/mailmove/alice.sqlite")
  }

  private let zeros = String(repeating: "0", count: 64)

  @Test func everyPairOfAccountsHasItsOwnLedger() async throws {
    let engine = FakeEngine()
    _ = await run(["sync"] + accounts, engine: engine)
    let first = try #require(engine.job).ledgerName
    _ = await run(
      ["sync", "imap://alice@OLD.example.org", accounts[1]], engine: engine)
    #expect(engine.job?.ledgerName == first)
    _ = await run(["sync"] + accounts.reversed(), engine: engine)
    #expect(engine.job?.ledgerName != first)
    #expect(first.description.hasPrefix("alice-old.example.org--alice-new.example.org-"))
  }
}
