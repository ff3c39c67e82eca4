// mailmove: tests of secrets.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailEndpoints
import MailWire
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct SecretTests {
  private func text(_ secret: Secret) -> String {
    secret.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    arguments: [
      ("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"),
      (" with blanks \n", " with blanks "), ("päss\"\\\n", "päss\"\\"),
      ("first\nlogin: alice\n", "first"), ("\u{FEFF}hunter2\n", "hunter2"),
    ])
  func theFirstLineOfAFileCounts(content: String, expected: String) throws {
    let folder = try TemporaryFolder()
    #expect(text(try SecretFile.read(folder.file("s", content))) == expected)
  }

  @Test(arguments: ["", "\n", "\r\n", "\nsecond\n", "a\u{0}b\n", "\u{FEFF}\n"])
  func aFileWithoutASecretIsRefused(content: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("s", content)
    let error = #expect(throws: UsageError.self) { try SecretFile.read(file) }
    #expect(error?.message.hasPrefix("\(file): ") == true)
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o620, 0o602])
  func aFileThatOthersCanUseIsRefusedWithTheFix(mode: Int) throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("s", "hunter2", mode: mode)
    let error = #expect(throws: UsageError.self) { try SecretFile.read(file) }
    #expect(error?.hint == "run: chmod 600 \(file)")
  }

  /// Owner, group and mode of a file; what systemd hands over is root's, with the mask of an access
  /// control list as the group's bits.
  @Test(
    arguments: [
      (0, 0, 0o440, true, true), (0, 0, 0o400, true, true), (1000, 1000, 0o400, true, true),
      (0, 0, 0o440, false, false), (0, 5, 0o440, true, false), (1000, 0, 0o440, true, false),
      (0, 0, 0o444, true, false), (0, 0, 0o460, true, false), (0, 0, 0o450, true, false),
      (0, 0, 0o600, false, true), (1000, 1000, 0o640, false, false),
    ] as [(uid_t, gid_t, mode_t, Bool, Bool)])
  func aCredentialOfTheServiceManagerIsTakenAsPrivateOnlyWhereItIsHandedOver(
    owner: uid_t, group: gid_t, mode: mode_t, isCredential: Bool, expected: Bool
  ) {
    var facts = stat()
    facts.st_mode = S_IFREG | mode
    facts.st_uid = owner
    facts.st_gid = group
    #expect(SecretFile.isPrivate(facts, isCredential: isCredential) == expected)
  }

  @Test func aCredentialLiesInTheFolderThatTheServiceManagerNames() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("credentials/source-password", "hunter2\n", mode: 0o440)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/credentials/further", withIntermediateDirectories: true)
    let credentials = folder.path + "/credentials"
    let isRoots = getuid() == 0 && getgid() == 0
    // Only root can make a file of root's; anybody else is refused everywhere.
    if isRoots {
      #expect(text(try SecretFile.read(file, credentials: credentials)) == "hunter2")
    }
    for elsewhere in [nil, folder.path, credentials + "/further", "", "/"] {
      #expect(throws: UsageError.self) { try SecretFile.read(file, credentials: elsewhere) }
    }
    let roundabout = credentials + "/further/../source-password"
    #expect(throws: UsageError.self) {
      try SecretFile.read(roundabout, credentials: credentials)
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: UsageError.self) { try SecretFile.read(folder.path) }
    let missing = #expect(throws: UsageError.self) {
      try SecretFile.read(folder.path + "/none")
    }
    #expect(missing?.message.contains("there is no such file") == true)
    #expect(throws: UsageError.self) { try SecretFile.read("/dev/zero") }
  }

  @Test func theFirstLineOfACommandCounts() throws {
    #expect(text(try SecretCommand.run("echo hunter2; echo more")) == "hunter2")
    #expect(text(try SecretCommand.run("printf 'a b'")) == "a b")
  }

  @Test(
    arguments: [
      ("exit 3", "exit status 3"), ("echo hunter2; exit 1", "exit status 1"),
      ("kill -9 $$", "signal 9"), ("true", "empty"), ("no-such-command-at-all 2>/dev/null", "127"),
      ("head -c 100000 /dev/zero", "more than 64 KiB"),
    ])
  func aCommandThatFailsIsToldWithoutItsOutput(command: String, reason: String) {
    let error = #expect(throws: UsageError.self) { try SecretCommand.run(command) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    #expect("\(error?.description ?? "")".contains("hunter2") == false)
  }

  @Test(arguments: ["exec sleep 600", "exec >&-; exec sleep 600"])
  func aCommandThatHangsIsEnded(command: String) {
    let error = #expect(throws: UsageError.self) {
      try SecretCommand.run(command, deadline: .milliseconds(50))
    }
    #expect(error?.message.contains("did not end") == true)
  }

  @Test func aTokenIsObtainedAgainAndAPasswordIsNot() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("s", "one\n")
    let account = SecretSource.Account(place: .target, user: "a", host: "h")
    let token = try SecretSource.tokenFile(file).provider(for: account, environment: [:])
    let password = try SecretSource.passwordFile(file).provider(for: account, environment: [:])
    _ = try folder.file("s", "two\n")
    #expect(text(of: try await token.obtain()) == "token one")
    #expect(text(of: try await token.obtain()) == "token two")
    #expect(text(of: try await password.obtain()) == "password one")
    #expect(text(of: try await password.obtain()) == "password one")
    _ = try folder.file("s", "three\n", mode: 0o644)
    let error = await #expect(throws: SyncError.self) { try await token.obtain() }
    #expect(error?.cause == .passwordUnavailable)
    #expect(error?.side == .target)
  }

  private func text(of credential: Credential) -> String {
    switch credential {
    case .password(let secret): "password " + text(secret)
    case .token(let secret): "token " + text(secret)
    }
  }

  @Test(
    arguments: [
      ("abc\r", "abc"), ("ab\u{7F}c\n", "ac"), ("ä\u{8}x\n", "x"), ("wrong\u{15}right\n", "right"),
      ("\u{7F}\u{7F}a\n", "a"), ("a\u{4}", "a"),
    ])
  func aTypedLineCanBeCorrected(keys: String, expected: String) {
    var line = PasswordLine()
    var outcome = PasswordLine.Outcome.more
    for key in keys.utf8 where outcome == .more { outcome = line.press(key) }
    #expect(outcome == .done(Array(expected.utf8)))
  }

  @Test(arguments: ["ab\u{3}", "\u{4}"])
  func ctrlCAtThePromptInterrupts(keys: String) {
    var line = PasswordLine()
    var outcome = PasswordLine.Outcome.more
    for key in keys.utf8 where outcome == .more { outcome = line.press(key) }
    #expect(outcome == .interrupted)
  }
}
