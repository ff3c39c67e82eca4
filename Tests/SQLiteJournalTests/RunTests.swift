// mailmove: tests of the runs on record.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Synchronization
import Testing

@testable import SQLiteJournal

@Suite struct RunTests {
  @Test func tellsWhenARunBeganAndHowItEnded() async throws {
    let bench = try Bench()
    let time = Mutex<Int64>(100)
    let journal = try SQLiteJournal.open(
      at: bench.path, job: Bench.job, now: { time.withLock { $0 } })
    #expect(try await journal.lastRun() == nil)
    let run = try await journal.beginRun(version: "1.0.0", processID: 4_711)
    #expect(
      try await journal.lastRun()
        == RunRecord(
          id: run, startedAt: 100, endedAt: nil, exitCode: nil, processID: 4_711,
          version: "1.0.0"))
    time.withLock { $0 = 160 }
    try await journal.endRun(run, exitCode: 130)
    let second = try await journal.beginRun(version: "1.0.1", processID: 5)
    try await journal.endRun(second, exitCode: 0)
    let reader = try #require(try SQLiteJournal.openForReading(at: bench.path))
    #expect(
      try await reader.lastRun()
        == RunRecord(
          id: second, startedAt: 160, endedAt: 160, exitCode: 0, processID: 5,
          version: "1.0.1"))
    try reader.close()
    try journal.close()
  }

  @Test func knowsWhenTheLastRunEndedThatEndedWell() async throws {
    let bench = try Bench()
    let time = Mutex<Int64>(0)
    let journal = try SQLiteJournal.open(
      at: bench.path, job: Bench.job, now: { time.withLock { $0 } })
    #expect(try await journal.lastEnd(withExitCodes: [0]) == nil)
    for (code, end) in [(0, 10), (3, 20), (143, 30), (5, 40)] as [(Int32, Int64)] {
      let run = try await journal.beginRun(version: "1.0.0")
      time.withLock { $0 = end }
      try await journal.endRun(run, exitCode: code)
    }
    _ = try await journal.beginRun(version: "1.0.0")
    #expect(try await journal.lastEnd(withExitCodes: [0]) == 10)
    #expect(try await journal.lastEnd(withExitCodes: [0, 3]) == 20)
    #expect(try await journal.lastEnd(withExitCodes: [7]) == nil)
    #expect(try await journal.lastEnd(withExitCodes: []) == nil)
    try journal.close()
  }

  @Test func theLastRunIsTheLastAlsoWhenTheClockWasSetBack() async throws {
    let bench = try Bench()
    let time = Mutex<Int64>(2_000_000_000)
    let journal = try SQLiteJournal.open(
      at: bench.path, job: Bench.job, now: { time.withLock { $0 } })
    let early = try await journal.beginRun(version: "1.0.0")
    try await journal.endRun(early, exitCode: 0)
    time.withLock { $0 = 1_700_000_000 }
    let late = try await journal.beginRun(version: "1.0.0")
    time.withLock { $0 -= 10 }
    try await journal.endRun(late, exitCode: 0)
    #expect(try await journal.lastRun()?.id == late)
    #expect(try await journal.lastRun()?.endedAt == 1_699_999_990)
    // A time in the future would look like success for years.
    #expect(try await journal.lastEnd(withExitCodes: [0]) == 1_699_999_990)
    try journal.close()
  }
}
