// mailmove: tests of the lock against a second run.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import SyncEngine
import Testing

@testable import SQLiteJournal

@Suite struct LockTests {
  @Test func keepsASecondRunAwayAndSaysWhoHoldsTheLedger() throws {
    let bench = try Bench()
    let journal = try bench.open()
    let error = expectError(.journalLocked) { _ = try bench.open() }
    #expect(error?.detail.contains("process \(getpid()) since 2023-11-14T22:13:20Z") == true)
    try journal.close()
    try bench.open().close()
  }

  @Test func keepsASecondRunAwayThatComesByALink() throws {
    let bench = try Bench()
    let journal = try bench.open()
    let link = bench.folder.file("link.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.path)
    _ = expectError(.journalLocked) { _ = try SQLiteJournal.open(at: link, job: Bench.job) }
    try journal.close()
  }

  @Test func keepsAnotherProcessAway() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let path = bench.path
    await #expect(processExitsWith: .exitCode(8)) { [path = path as String] in
      do {
        _ = try SQLiteJournal.open(at: path, job: Bench.job)
      } catch let error as SyncError where error.cause == .journalLocked {
        exit(error.detail.contains("process \(getppid()) since") ? 8 : 9)
      }
    }
    try journal.close()
  }

  @Test func opensAgainAfterACrashAlthoughTheLockFileIsStillThere() async throws {
    let bench = try Bench()
    let path = bench.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let journal = try SQLiteJournal.open(at: path, job: Bench.job)
      withExtendedLifetime(journal) { _ = kill(getpid(), SIGKILL) }
    }
    #expect(try !Data(contentsOf: URL(fileURLWithPath: path + ".lock")).isEmpty)
    try bench.open().close()
  }

  @Test func givesTheLockBackWhenOpeningFails() throws {
    let bench = try Bench()
    try bench.open().close()
    let other = JobIdentity(source: "imaps://x@y.example", target: "archive:/z")
    _ = expectError(.journalForeign) { _ = try bench.open(job: other) }
    try bench.open().close()
  }

  @Test func isGivenBackAlthoughAChildThatIsJustStartingHasACopyOfIt() throws {
    let bench = try Bench()
    let journal = try bench.open()
    let copied = CopiedDescriptors(of: bench.path + ".lock")
    #expect(copied.copies.count == 1)
    try journal.close()
    try withExtendedLifetime(copied) { try bench.open().close() }
  }

  @Test func canBeReadWhileARunIsGoing() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    let reader = try #require(try SQLiteJournal.openForReading(at: bench.path))
    #expect(reader.job == Bench.job)
    try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
    #expect(try await reader.records(of: pair) == [JournalSamples.stored(1)])
    #expect(try await reader.summary() == journal.summary())
    try reader.close()
    try journal.close()
  }

  @Test func cannotBeChangedWhenOpenedForReading() async throws {
    let bench = try Bench()
    try bench.open().close()
    let reader = try #require(try SQLiteJournal.openForReading(at: bench.path))
    let error = await #expect(throws: SyncError.self) {
      _ = try await reader.freeze([JournalSamples.mailbox("INBOX")])
    }
    #expect(error?.cause == .stateUnwritable)
    #expect(try await reader.pairs().isEmpty)
    try reader.close()
  }

  @Test func whoeverLooksKnowsWhetherARunIsGoingAndDisturbsNone() throws {
    let bench = try Bench()
    let journal = try bench.open()
    let reader = try #require(try SQLiteJournal.openForReading(at: bench.path))
    #expect(reader.isInUse)
    let line = try Data(contentsOf: URL(fileURLWithPath: bench.path + ".lock"))
    try journal.close()
    #expect(!reader.isInUse)
    #expect(!line.isEmpty)
    try bench.open().close()
    try FileManager.default.removeItem(atPath: bench.path + ".lock")
    #expect(!reader.isInUse)
    #expect(!FileManager.default.fileExists(atPath: bench.path + ".lock"))
    try reader.close()
  }
}
