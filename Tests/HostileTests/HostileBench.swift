// mailmove: the command between servers that cannot be trusted.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailTransport
import SyncEngine
import Synchronization

@testable import MailCommands
@testable import MailJobs

/// An old server, a new one, and the whole command between them, in one process and with a clock
/// that does not make anybody wait.
final class HostileBench: Sendable {
  /// How a run of the command ended.
  struct Ended {
    let exit: MailJobs.ExitStatus
    /// All it said, without the trace.
    let words: String
    let waits: [Duration]
  }

  let old: MemoryIMAPServer
  let maildrop: MemoryPOP3Server
  let new: MemoryIMAPServer
  private let usesPOP3: Bool
  private let engine: LiveEngine
  private let waits = WaitList()
  private let folder: TemporaryFolder
  private let arguments: [String]

  private static let trust = Result {
    let authority = try CertificateAuthority(name: "hostile servers")
    return (authority, try authority.issue())
  }

  init(_ hostile: HostileCase) throws {
    let (authority, identity) = try Self.trust.get()
    var manner = MemoryIMAPServer.Manner()
    if hostile.side != .pop3Source { hostile.manner(&manner) }
    let plain = MemoryIMAPServer.Manner()
    usesPOP3 = hostile.side == .pop3Source
    let isTarget = hostile.side == .imapTarget
    let account = MemoryAccount(hostile.mail)
    let empty = MemoryAccount()
    let misdeeds =
      hostile.misdeeds + Self.misdeeds(hostile.renumbering, in: isTarget ? empty : account)
    old = try MemoryIMAPServer(
      identity, account, manner: isTarget ? plain : manner, misdeeds: isTarget ? [] : misdeeds)
    maildrop = try MemoryPOP3Server(
      identity, letters: hostile.letters ?? HostileMail.letters(hostile.mail),
      capabilities: hostile.pop3Capabilities, misdeeds: hostile.pop3Misdeeds)
    new = try MemoryIMAPServer(
      identity, empty, manner: isTarget ? manner : plain, misdeeds: isTarget ? misdeeds : [])
    folder = try TemporaryFolder()
    var deadlines = Deadlines()
    let patience = hostile.isSilent ? Self.briefly : Self.patiently
    deadlines.command = patience
    deadlines.firstByte = patience
    deadlines.progress = patience
    deadlines.capabilities = patience
    if hostile.isSilent {
      deadlines.remarks = .seconds(Self.secondsOfRemarks)
      deadlines.answer = .seconds(Self.secondsOfAnswer)
    }
    engine = LiveEngine(deadlines: deadlines, pacing: waits.pacing)
    let ca = try authority.write(into: folder.path)
    let source =
      usesPOP3
      ? "pop3s://anna@localhost:\(maildrop.port)" : "imaps://anna@localhost:\(old.port)"
    arguments =
      [
        source, "imaps://hanna@localhost:\(new.port)", "-v", "--state", folder.path + "/state",
        "--source-tls-ca", ca, "--target-tls-ca", ca,
      ]
  }

  private static func misdeeds(
    _ renumbering: HostileCase.Renumbering?, in account: MemoryAccount
  ) -> [Misdeed<IMAPAnswer>] {
    guard let renumbering else { return [] }
    let act = Misdeed<IMAPAnswer>.Act.first(
      { account.renumber(renumbering.mailbox) }, thenCuts: renumbering.cuts)
    return [Misdeed(renumbering.command, .nth(1), act)]
  }

  /// Long enough for a busy machine to answer in.
  private static let patiently = Duration.seconds(20) * Instrumentation.patience
  private static let briefly = Duration.milliseconds(700) * Instrumentation.patience
  /// What a silent server gets in place of an hour and of six hours.
  static let secondsOfRemarks = 2 * Instrumentation.patience
  static let secondsOfAnswer = 4 * Instrumentation.patience

  deinit { for stop in [old.stop, maildrop.stop, new.stop] { stop() } }

  private var environment: [String: String] {
    BuiltProgram.environment(
      home: folder.path,
      [
        "NO_COLOR": "1", "MAILMOVE_SOURCE_PASSWORD": "geheim",
        "MAILMOVE_TARGET_PASSWORD": "geheim",
      ])
  }

  /// Runs `mailmove COMMAND OLD NEW …` to its end.
  func run(_ command: String, _ more: [String] = []) async -> Ended {
    await run([command] + arguments + more)
  }

  /// What `mailmove status` says.
  func status() async -> String {
    await run(["status", "--state", folder.path + "/state"]).words
  }

  private func run(_ words: [String]) async -> Ended {
    let said = Mutex("")
    let moment = ContinuousClock.now
    let surroundings = Surroundings(
      environment: environment, isTerminal: { _ in false }, width: { 80 }, now: { moment },
      seconds: { 1_772_366_400 },
      write: { text, _ in said.withLock { $0 += text } }, deliver: { _ in })
    waits.forget()
    let exit = await MailMoveCommand.run(words, surroundings, engine: engine)
    let lines = said.withLock { $0 }.split(separator: "\n").filter { !Self.isTrace($0) }
    return Ended(exit: exit, words: lines.joined(separator: "\n"), waits: waits.all)
  }

  /// Runs `mailmove COMMAND OLD NEW …` as a process of its own, with real deadlines.
  func measure(_ command: String) async throws -> BuiltProgram.Measured {
    try await BuiltProgram.measure(
      [command] + arguments.filter { $0 != "-v" }, environment: environment,
      log: folder.path + "/log")
  }

  private static func isTrace(_ line: Substring) -> Bool {
    ["source C: ", "source S: ", "target C: ", "target S: "].contains { line.hasPrefix($0) }
  }

  /// Nobody misbehaves any more.
  func reform() {
    old.reform()
    maildrop.reform()
    new.reform()
  }

  /// As if the state folder had been lost.
  func forgetLedger() { try? FileManager.default.removeItem(atPath: folder.path + "/state") }

  /// What is wrong with the new account, a sentence each.
  func differences(_ equality: HostileCase.Equality, from mail: [SampleMessage]) throws -> [String]
  {
    var mail = mail
    if usesPOP3 { for index in mail.indices { mail[index].mailbox = "INBOX" } }
    let copy = try new.account.snapshot()
    let original = try MemoryAccount(mail).snapshot()
    switch equality {
    case .whole:
      return (usesPOP3 ? copy.bare : copy).difference(from: usesPOP3 ? original.bare : original)
    case .nothing: return []
    case .bytes: return copy.bare.difference(from: original.bare)
    case .without(let count):
      let sentences = copy.bare.difference(from: original.bare)
      let isSmaller = copy.messageCount == original.messageCount - count
      return isSmaller && sentences.count <= count
        ? [] : sentences + ["\(copy.messageCount) of \(original.messageCount) are there"]
    }
  }

  /// Messages at the source.
  var left: Int {
    usesPOP3
      ? maildrop.letters.count
      : old.account.mailboxes.values.reduce(0) { $0 + $1.messages.count }
  }
}

extension LabSnapshot {
  /// The same without flags and dates.
  fileprivate var bare: LabSnapshot {
    var copy = self
    copy.mailboxes = mailboxes.mapValues { entries in entries.map(\.bare) }
    return copy
  }
}

/// The waits of a run, which take no time.
private final class WaitList: Sendable {
  private let waits = Mutex<[Duration]>([])

  var all: [Duration] { waits.withLock { $0 } }

  func forget() { waits.withLock { $0 = [] } }

  private func note(_ wait: Duration) { waits.withLock { $0.append(wait) } }

  var pacing: Pacing {
    Pacing(
      sleep: { [self] wait in
        note(wait)
        try Task.checkCancellation()
      }, chance: { 0 })
  }
}
