// mailmove: tests of results that nobody got.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailTestKit
import Testing

@testable import MailCommands
@testable import MailJobs

/// Invariant 18: results that could not be written to standard output are no success.
@Suite("A result that could not be written")
struct UndeliveredTests {
  private static let accounts = ["imaps://alice@old.example.org", "imaps://alice@new.example.org"]

  static let commands: [[String]] = [
    ["sync"] + accounts, ["plan"] + accounts, ["verify"] + accounts, ["probe", accounts[0]],
    ["sync", "--json"] + accounts, ["plan", "--json"] + accounts, ["verify", "--json"] + accounts,
    ["probe", "--json", accounts[0]], ["status"], ["--help"], ["--version"], ["help", "sync"], [],
    ["archive", "ls", "ARCHIVE"], ["archive", "ls", "ARCHIVE", "Work/Old"],
    ["archive", "ls", "ARCHIVE", "--json"], ["archive", "check", "ARCHIVE"],
    ["archive", "export", "ARCHIVE", "OUT", "--format", "eml"],
    ["archive", "salvage", "ARCHIVE", "OUT"],
  ]

  @Test("is exit code 7 with a word about it, of whatever command", arguments: commands)
  func everyCommand(arguments: [String]) async throws {
    let sample = try await ArchiveSample()
    for code in [ENOSPC, EIO, EDQUOT, EBADF] {
      let recorder = Recorder(environment(sample))
      var surroundings = recorder.surroundings
      surroundings.undelivered = { UndeliveredOutput(code: code) }
      let words = arguments.map {
        $0.replacing("ARCHIVE", with: sample.path)
          .replacing("OUT", with: sample.folder.path + "/out\(code)")
      }
      let status = await MailMoveCommand.run(words, surroundings, engine: FakeEngine())
      #expect(status == .localState)
      #expect(recorder.errors.contains("the result could not be written to standard output: "))
    }
  }

  /// What the shell does with standard output, and the exit code.
  static let streams: [(String, String)] = [
    ("> /dev/full", "7"), ("| :", "0 0"), ("> /dev/null", "0"), (">&-", "7"),
    ("> /dev/full 2>&1", "7"), ("> /dev/full 2>&-", "7"),
  ]

  static let printing: [String] = [
    "--help", "--version", "archive ls 'ARCHIVE'", "archive ls 'ARCHIVE' --json",
    "archive check 'ARCHIVE'", "help sync",
  ]

  @Test("is exit code 7 of the real binary, unless nobody reads", arguments: printing, streams)
  func realBinary(command: String, stream: (redirection: String, codes: String)) async throws {
    let sample = try await ArchiveSample()
    let line = command.replacing("ARCHIVE", with: sample.path)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c",
      "exec 9>&1; '\(try BuiltProgram.path)' \(line) \(stream.redirection); "
        + "echo \"${PIPESTATUS[@]}\" >&9",
    ]
    process.environment = BuiltProgram.environment(home: sample.folder.path)
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self) == stream.codes + "\n")
  }

  @Test("is no reason to touch what the command worked on")
  func closedStreamsHitNoFile() async throws {
    let sample = try await ArchiveSample()
    let before = try sample.files(in: "archive")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", "'\(try BuiltProgram.path)' archive check '\(sample.path)' <&- >&- 2>&-",
    ]
    process.environment = BuiltProgram.environment(home: sample.folder.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 7)
    let after = try sample.files(in: "archive")
    #expect(
      after.filter { !$0.key.hasPrefix("catalog") }
        == before.filter { !$0.key.hasPrefix("catalog") })
  }

  private func environment(_ sample: ArchiveSample) -> [String: String] {
    [
      "HOME": sample.folder.path, "NO_COLOR": "1", "MAILMOVE_SOURCE_PASSWORD": "hunter2",
      "MAILMOVE_TARGET_PASSWORD": "hunter3",
    ]
  }
}
