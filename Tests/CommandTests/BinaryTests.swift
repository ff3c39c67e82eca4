// mailmove: tests of the built binary.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

/// Arguments and variables, and what must come of them.
struct CommandCase: Sendable, CustomTestStringConvertible {
  let name: String
  let arguments: [String]
  var environment: [String: String] = [:]
  let exit: Int32
  /// Words on standard error; for exit code 0 on standard output.
  let words: [String]

  var testDescription: String { name }
}

@Suite struct BinaryTests {
  private static let accounts = ["imaps://alice@old.example.org", "imaps://alice@new.example.org"]
  private static let passwords = [
    "MAILMOVE_SOURCE_PASSWORD": "hunter2", "MAILMOVE_TARGET_PASSWORD": "hunter2",
  ]

  static let badInput: [CommandCase] = [
    .init(
      name: "unknown scheme", arguments: ["sync", "http://a@h", accounts[1]], exit: 2,
      words: ["the source: 'http://' is not a scheme mailmove knows; did you mean imaps://?"]),
    .init(
      name: "no scheme", arguments: ["sync", accounts[0], "alice@new"], exit: 2,
      words: ["the target: the address has no scheme; write it like imaps://user@host"]),
    .init(
      name: "missing host", arguments: ["sync", "imaps://alice@", accounts[1]], exit: 2,
      words: ["the source: the address has no host"]),
    .init(
      name: "missing user", arguments: ["sync", "imaps://old.example.org", accounts[1]], exit: 2,
      words: ["the address of the source has no user", "imaps://user@old.example.org"]),
    .init(
      name: "plaintext", arguments: ["sync", "imap+insecure://a@h", accounts[1]], exit: 2,
      words: ["without encryption, which mailmove never makes"]),
    .init(
      name: "password in the address", arguments: ["sync", "imaps://a:hunter2@h", accounts[1]],
      exit: 2, words: ["a password does not belong in the address"]),
    .init(
      name: "POP3", arguments: ["sync", accounts[0], "pop3s://a@h"], exit: 2,
      words: ["taken from a POP3 server and not put there"]),
    .init(
      name: "archive", arguments: ["probe", "archive:/tmp/a"], exit: 2,
      words: ["an archive is no server", "mailmove archive ls"]),
    .init(
      name: "same account",
      arguments: ["sync", "imap://alice@old.example.org", "imaps://alice@OLD.example.org:993"],
      environment: passwords, exit: 2, words: ["source and target are the same account"]),
    .init(
      name: "target missing", arguments: ["sync", accounts[0]], exit: 2,
      words: ["the target is missing"]),
    .init(
      name: "no password", arguments: ["sync"] + accounts, exit: 2,
      words: [
        "there is no password for the source and no terminal to ask on",
        "--source-password-file", "--source-password-command", "MAILMOVE_SOURCE_PASSWORD",
      ]),
    .init(
      name: "password file missing",
      arguments: ["sync"] + accounts + ["--source-password-file", "/no/such/file"], exit: 2,
      words: ["source-password-file: cannot read /no/such/file: there is no such file"]),
    .init(
      name: "password command fails",
      arguments: ["sync"] + accounts + ["--source-password-command", "echo hunter2; exit 4"],
      exit: 2, words: ["source-password-command: the command failed with exit status 4"]),
    .init(
      name: "two secrets",
      arguments: ["sync"] + accounts + [
        "--source-password-file", "a", "--source-token-file", "b",
      ], exit: 2,
      words: ["--source-password-file and --source-token-file exclude each other"]),
    .init(
      name: "state folder that cannot be",
      arguments: ["sync"] + accounts + ["--state", "/dev/null/state"], environment: passwords,
      exit: 7, words: ["the state folder cannot be written: /dev/null/state", "--state"]),
    .init(
      name: "bad number", arguments: ["sync"] + accounts + ["--lanes", "0"], exit: 2,
      words: ["--lanes: expected a number from 1 to 16, got '0'"]),
    .init(
      name: "bad word", arguments: ["sync"] + accounts + ["--flags", "merg"], exit: 2,
      words: ["--flags: expected merge, source or keep, got 'merg'", "did you mean 'merge'?"]),
    .init(
      name: "bad pin", arguments: ["probe", "imaps://h", "--tls-pin", "sha1:00"], exit: 2,
      words: ["--tls-pin: expected sha256:"]),
    .init(
      name: "CA file missing",
      arguments: ["probe", "imaps://h", "--tls-ca", "/no/such/ca.pem"], exit: 2,
      words: ["the server: ", "/no/such/ca.pem"]),
    .init(
      name: "bad variable", arguments: ["sync"] + accounts,
      environment: ["MAILMOVE_SOURCE_TLS_PROFILE": "old"], exit: 2,
      words: ["MAILMOVE_SOURCE_TLS_PROFILE: expected modern, compat or legacy"]),
    .init(
      name: "unknown option", arguments: ["sync"] + accounts + ["--delete"], exit: 2,
      words: ["mailmove: Unknown option '--delete'"]),
    .init(
      name: "a password as an option",
      arguments: ["sync"] + accounts + ["--source-password", "hunter2"], exit: 2,
      words: ["Unknown option '--source-password'"]),
    .init(
      name: "unknown command", arguments: ["snyc"], exit: 2, words: ["snyc"]),
    .init(
      name: "configuration missing", arguments: ["sync", "alice"], exit: 2,
      words: ["config.yaml does not exist"]),
    .init(
      name: "configuration chosen and missing",
      arguments: ["sync"] + accounts + ["--config", "/no/config.yaml"], exit: 2,
      words: ["/no/config.yaml does not exist"]),
    .init(
      name: "no such ledger", arguments: ["status", "alice"], exit: 2,
      words: ["there is no ledger of a job 'alice'"]),
  ]

  @Test(arguments: badInput)
  func badInputIsToldWithTheFixAndTouchesNothing(command: CommandCase) throws {
    let folder = try TemporaryFolder()
    let ended = try run(command.arguments, command.environment, home: folder)
    #expect(ended.exit == command.exit)
    for word in command.words { #expect(ended.errors.contains(word), "\(ended.errors)") }
    #expect(ended.output.isEmpty)
    #expect(!ended.errors.contains("hunter2"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aPasswordFileThatOthersCanReadIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("secret", "hunter2\n", mode: 0o644)
    let ended = try run(
      ["sync"] + Self.accounts + ["--source-password-file", file], [:], home: folder)
    #expect(ended.exit == 2)
    #expect(ended.errors.contains("\(file) can be read by others\n  run: chmod 600 \(file)"))
  }

  @Test func aBadConfigurationIsToldWithLineAndColumn() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      ".config/mailmove/config.yaml", "version: 1\ndefaults:\n  includ: x\n")
    let ended = try run(["sync"] + Self.accounts, Self.passwords, home: folder)
    #expect(ended.exit == 2)
    #expect(ended.errors.contains("\(file):3:3: 'includ' is not a key that mailmove knows"))
    #expect(ended.errors.contains("did you mean 'include'?"))
  }

  @Test(
    arguments: ["sync", "plan", "verify", "status", "probe", "archive"]
      + ["ls", "cat", "export", "check", "salvage"].map { "archive " + $0 })
  func helpHasAnExampleAndTheExitCodes(command: String) throws {
    let folder = try TemporaryFolder()
    let ended = try run(
      command.split(separator: " ").map(String.init) + ["--help"], [:], home: folder)
    #expect(ended.exit == 0)
    #expect(ended.errors.isEmpty)
    #expect(ended.output.contains("EXAMPLE\n  mailmove \(command)"))
    let codes = try #require(ended.output.range(of: "EXIT CODES\n"))
    #expect(ended.output[codes.upperBound...].hasPrefix("  0 "))
    #expect(ended.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func withoutArgumentsItSaysWhatItCanDo() throws {
    let folder = try TemporaryFolder()
    let ended = try run([], [:], home: folder)
    #expect(ended.exit == 0)
    for word in ["sync", "plan", "verify", "status", "probe", "archive", "EXAMPLE"] {
      #expect(ended.output.contains(word))
    }
    let archive = try run(["archive"], [:], home: folder)
    #expect(archive.exit == 0)
    for word in ["ls", "cat", "export", "check", "salvage", "EXAMPLE"] {
      #expect(archive.output.contains(word))
    }
    #expect(try run(["--version"], [:], home: folder).output == "0.1.0\n")
  }

  @Test func aMessageOfAnArchiveComesThroughAPipeByteForByte() async throws {
    let sample = try await ArchiveSample()
    for (uid, bytes) in [("1", ArchiveSample.first), ("2", ArchiveSample.odd)] {
      let ended = try pipe(
        "archive cat '\(sample.path)' INBOX \(uid) --account me@example.org", into: "| sha256sum")
      #expect(ended == "\(SHA256Digest(of: bytes))  -\n0 0\n")
    }
  }

  @Test func outputThatIsNotTakenIsAnErrorUnlessNobodyReads() async throws {
    let sample = try await ArchiveSample()
    let command = "archive cat '\(sample.path)' Work/Old 1"
    #expect(
      try pipe(command, into: "2>&1 > /dev/full")
        == "mailmove: standard output did not take the message: no space left on device\n7\n")
    #expect(try pipe(command, into: "2>&1 | :").suffix(4) == "0 0\n")
  }

  /// Runs the binary in a shell; its output, and then the exit codes.
  private func pipe(_ command: String, into rest: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", "'\(try BuiltProgram.path)' \(command) \(rest); echo \"${PIPESTATUS[@]}\"",
    ]
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }

  /// Runs the binary without a terminal.
  private func run(
    _ arguments: [String], _ environment: [String: String], home: TemporaryFolder
  ) throws -> (exit: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
    process.arguments = ["--wait", try BuiltProgram.path] + arguments
    process.environment = BuiltProgram.environment(home: home.path, environment)
    let output = Pipe()
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.ending, String(decoding: said, as: UTF8.self),
      String(decoding: complained, as: UTF8.self)
    )
  }
}
