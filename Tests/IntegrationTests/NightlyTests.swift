// mailmove: the real binary at night.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailTestKit
import Testing

@Suite("The real binary, run from a configuration file", .serialized)
struct NightlyTests {
  /// Two jobs between the servers of the bench, and one that is not right.
  private func configure(_ bench: Bench) throws -> [String] {
    let old = bench.old.options.users[0].name + "@localhost:\(bench.old.ports.imaps)"
    let new = bench.new.options.users[0].name + "@localhost:\(bench.new.ports.imaps)"
    let text = """
      version: 1
      defaults:
        source-tls-ca: \(bench.authority)
        target-tls-ca: \(bench.authority)
      jobs:
        inbox: {source: "imaps://\(old)", target: "imaps://\(new)", include: [INBOX]}
        wrong: {source: "imaps://\(old)", target: "imaps://\(new)", lanes: many}
        rest: {source: "imaps://\(old)", target: "imaps://\(new)", exclude: [INBOX]}
      """
    let file = bench.folder.path + "/config.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return ["--config", file, "--state", bench.folder.path + "/state"]
  }

  @Test func theSecondNightCopiesWhatIsNewAndTheMetricsTellOfBoth() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 60, seed: 5))
    let metrics = bench.folder.path + "/mail.prom"
    let more = try configure(bench) + ["--metrics-file", metrics]

    let first = try bench.binary(["sync", "--all"] + more)
    #expect(first.exit == 2, "\(first.errors)")
    let lines = first.output.split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != ":" } } == ["inbox", "wrong", "rest"])
    #expect(first.errors.contains("mailmove: wrong: "))
    #expect(first.errors.contains("lanes: expected a number from 1 to 16"))
    #expect(try bench.difference() == [])

    let before = try LabSnapshot(of: LabClient(bench.old))
    try LabClient(bench.old).fill(with: SampleMailbox(count: 20, seed: 6))
    let second = try bench.binary(["sync", "--all", "-q"] + more)
    #expect(second.exit == 2)
    #expect(second.output.isEmpty)
    #expect(try LabSnapshot(of: LabClient(bench.old)) != before)
    #expect(try bench.difference() == [])
    let text = try String(contentsOfFile: metrics, encoding: .utf8)
    for job in ["inbox", "rest"] {
      #expect(text.contains("mailmove_exit_code{job=\"\(job)\"} 0\n"))
      #expect(!text.contains("mailmove_last_success_timestamp_seconds{job=\"\(job)\"} 0\n"))
      #expect(text.contains("mailmove_messages_pending{job=\"\(job)\"} 0\n"))
    }
    #expect(text.contains("mailmove_exit_code{job=\"wrong\"} 2\n"))
    let copied = text.matches(of: /messages_copied\{job="(?:inbox|rest)"\} ([0-9]+)\n/)
      .compactMap { Int($0.1) }
    #expect(copied.count == 2)
    #expect(copied.reduce(0, +) == 20)
  }

  @Test func aRunThatIsStoppedByTERMIsOnRecordWithItsExitCode() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 100, seed: 5))
    let more = try configure(bench)
    let process = try bench.startBinary(["sync", "inbox"] + more, stoppedAtLockOf: "inbox")
    kill(process.processIdentifier, SIGTERM)
    kill(process.processIdentifier, SIGCONT)
    process.waitUntilExit()
    #expect(process.ending == 143)
    let status = try bench.binary(["status", "inbox", "--json"] + more)
    #expect(status.exit == 5)
    #expect(status.output.contains(#""exit":143,"state":"ended""#), "\(status.output)")
  }

  @Test func afterTERMNoFurtherJobBegins() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 100, seed: 5))
    let metrics = bench.folder.path + "/mail.prom"
    let more = try configure(bench) + ["--metrics-file", metrics]
    let process = try bench.startBinary(["sync", "--all"] + more, stoppedAtLockOf: "inbox")
    kill(process.processIdentifier, SIGTERM)
    kill(process.processIdentifier, SIGCONT)
    process.waitUntilExit()
    #expect(process.ending == 143)
    let text = try String(contentsOfFile: metrics, encoding: .utf8)
    #expect(text.contains("mailmove_exit_code{job=\"inbox\"} 143\n"))
    #expect(text.contains("mailmove_last_run_timestamp_seconds{job=\"rest\"} 0\n"))
    #expect(!text.contains("mailmove_exit_code{job=\"rest\"}"))
    #expect(!FileManager.default.fileExists(atPath: bench.folder.path + "/state/rest.sqlite"))
  }

  @Test func anEndThatCannotBePutOnRecordDoesNotHideWhatTheRunDid() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 30, seed: 5))
    let more = try configure(bench)
    #expect(try bench.binary(["plan", "rest"] + more).exit == 0)
    #expect(try bench.binary(["sync", "inbox"] + more).exit == 0)
    let ledger = try DatabaseQueue(path: bench.folder.path + "/state/inbox.sqlite")
    try ledger.writeWithoutTransaction { db in
      try db.execute(sql: "ALTER TABLE run RENAME COLUMN exit_code TO other")
    }
    try ledger.close()
    let ended = try bench.binary(["sync", "inbox"] + more)
    #expect(ended.exit == 7)
    #expect(ended.output.hasPrefix("0 messages copied, "), "\(ended.output)")
    #expect(
      ended.errors.contains("mailmove: the ledger cannot be read or written"), "\(ended.errors)")
  }

  @Test func statusTellsARunThatIsGoingFromOneThatWasKilled() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 100, seed: 5))
    let more = try configure(bench)
    let process = try bench.startBinary(["sync", "inbox"] + more, stoppedAtLockOf: "inbox")
    var going = Bench.Ended(exit: 0, output: "", errors: "")
    try bench.step(process, until: "the beginning of the run is on record") {
      going = try bench.binary(["status", "inbox"] + more)
      return going.output.contains("last run began")
    }
    #expect(going.output.contains(" and is running\n"), "\(going.output)\(going.errors)")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let killed = try bench.binary(["status", "inbox"] + more)
    #expect(killed.output.contains(" and was killed\n"), "\(killed.output)\(killed.errors)")
    #expect(try bench.binary(["sync", "inbox"] + more).exit == 0)
  }
}

extension NightlyTests {
  @Test func aRunThatIsKilledLeavesNeitherLockBehind() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 300, seed: 5))
    let text = """
      version: 1
      jobs:
        night:
          source: imaps://\(bench.old.options.users[0].name)@localhost:\(bench.old.ports.imaps)
          target: archive:\(bench.archive)
          source-tls-ca: \(bench.authority)
      """
    let file = bench.folder.path + "/config.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let job = ["night", "--config", file, "--state", bench.folder.path + "/state"]
    let locks = [bench.folder.path + "/state/night.sqlite.lock", bench.archive + "/LOCK"]

    // Stopped, so that it still holds both when the others come.
    let process = try bench.startBinary(["sync"] + job, stoppedAtLockOf: "night")
    try bench.step(process, until: "the archive is being written") {
      FileManager.default.fileExists(atPath: bench.archive + "/journal/00000001.jsonl.gz")
    }
    #expect(locks.map(Self.isHeld) == [true, true])
    let same = try bench.binary(["sync"] + job)
    #expect(same.exit == 8, "\(same.errors)")
    #expect(same.errors.contains("another run is using the ledger"), "\(same.errors)")
    let other = try bench.binary(["sync"] + job + ["--state", bench.folder.path + "/other"])
    #expect(other.exit == 8, "\(other.errors)")
    #expect(other.errors.contains("another run is writing to the archive"), "\(other.errors)")

    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(locks.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(locks.map(Self.isHeld) == [false, false])
    let next = try bench.binary(["sync"] + job)
    #expect(next.exit == 0, "\(next.errors)")
    let verified = try bench.binary(["verify"] + job + ["--level", "bytes"])
    #expect(verified.exit == 0, "\(verified.output)\(verified.errors)")
    #expect(try bench.binary(["archive", "check", bench.archive, "--deep"]).exit == 0)
  }

  /// Somebody holds a lock; true also when the file cannot be opened.
  private static func isHeld(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return true }
    defer { close(file) }
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return true }
    flock(file, LOCK_UN)
    return false
  }
}

extension Bench {
  /// Returns when something has come about.
  func wait(_ what: String, seconds: Double = 30, until isSo: () throws -> Bool) throws {
    let isInTime: Bool? = try Deadline(seconds: seconds).poll { try isSo() ? true : nil }
    guard isInTime == true else { throw LabError("not in time: \(what)") }
  }

  /// Runs the binary with these arguments alone, to its end.
  func binary(_ arguments: [String]) throws -> Ended {
    let output = folder.path + "/output-\(UUID().uuidString)"
    let process = try startBinary(arguments, output: output)
    process.waitUntilExit()
    return Ended(
      exit: process.ending,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: output + ".errors", encoding: .utf8))
  }

  /// Starts the binary with these arguments alone.
  func startBinary(_ arguments: [String], output: String? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try BuiltProgram.path)
    process.arguments = arguments
    process.environment = BuiltProgram.environment(
      home: folder.path,
      [
        "MAILMOVE_SOURCE_PASSWORD": old.options.users[0].password,
        "MAILMOVE_TARGET_PASSWORD": new.options.users[0].password,
      ])
    process.standardInput = FileHandle.nullDevice
    for (index, path) in [output, output.map { $0 + ".errors" }].enumerated() {
      let file = path ?? "/dev/null"
      if path != nil { _ = FileManager.default.createFile(atPath: file, contents: nil) }
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
      if index == 0 { process.standardOutput = handle } else { process.standardError = handle }
    }
    try process.run()
    return process
  }

  /// Starts the binary and stops it when it has the lock of a job's ledger, before any server has
  /// said anything to it, so that it cannot be done before something can be done to it.
  func startBinary(_ arguments: [String], stoppedAtLockOf job: String) throws -> Process {
    old.pause()
    defer { old.resume() }
    let process = try startBinary(arguments)
    let lock = folder.path + "/state/\(job).sqlite.lock"
    try wait("a run has the lock") {
      (try? Data(contentsOf: URL(fileURLWithPath: lock)))?.isEmpty == false
    }
    kill(process.processIdentifier, SIGSTOP)
    return process
  }

  /// Lets a stopped process go for moments only, until something is so while it is stopped.
  func step(_ process: Process, until what: String, isSo: () throws -> Bool) throws {
    try wait(what, seconds: 60) {
      if try isSo() { return true }
      kill(process.processIdentifier, SIGCONT)
      usleep(2_000)
      kill(process.processIdentifier, SIGSTOP)
      return false
    }
  }
}
