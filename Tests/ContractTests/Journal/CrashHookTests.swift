// mailmove: tests of the crash hooks around journals.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

/// Where a journal was about to crash.
private struct Crash: Error {}

/// Throws at one named step and keeps the names of all.
private final class CrashPlan: Sendable {
  let steps = Mutex<[String]>([])
  let crashAt: String?

  init(crashAt: String? = nil) { self.crashAt = crashAt }

  var hook: DurableStepHook {
    { step in
      self.steps.withLock { $0.append(step) }
      if step == self.crashAt { throw Crash() }
    }
  }
}

/// Both ways to put a hook into a journal.
private enum HookPlace: CaseIterable, Sendable {
  case inMemory, aroundAnother

  func journal(_ plan: CrashPlan) -> any Journal {
    switch self {
    case .inMemory: MemoryJournal(onDurableStep: plan.hook)
    case .aroundAnother: CrashingJournal(MemoryJournal(), onDurableStep: plan.hook)
    }
  }
}

@Suite struct CrashHookTests {
  @Test(arguments: HookPlace.allCases)
  fileprivate func leavesTheJournalUnchangedBeforeAStepAndChangedAfterIt(
    _ place: HookPlace
  ) async throws {
    for (step, state) in [("before record", MessageState.pending), ("after record", .stored)] {
      let journal = place.journal(CrashPlan(crashAt: step))
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      try await journal.enroll(
        JournalSamples.entries(1...1), uidValidity: JournalSamples.generation, in: pair)
      await #expect(throws: Crash.self) {
        try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
      }
      #expect(try await journal.records(of: pair).map(\.state) == [state])
    }
  }

  @Test(arguments: HookPlace.allCases)
  fileprivate func namesEveryDurableStepInOrder(_ place: HookPlace) async throws {
    let plan = CrashPlan()
    let journal = place.journal(plan)
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    try await journal.enroll(
      JournalSamples.entries(1...1), uidValidity: JournalSamples.generation, in: pair)
    try await journal.begin(pair, at: JournalSamples.anchor(1))
    try await journal.record([.settled(JournalSamples.skipped(1))], in: pair)
    try await journal.finish(pair, source: JournalSamples.checkpoint, target: nil)
    _ = try await journal.reopen(.skipped)
    _ = try await journal.records(of: pair)
    let names = ["freeze", "enroll", "begin", "record", "finish", "reopen"]
    #expect(plan.steps.withLock { $0 } == names.flatMap { ["before \($0)", "after \($0)"] })
  }

  @Test(arguments: HookPlace.allCases)
  fileprivate func takesNoStepWhenThereIsNothingToChange(_ place: HookPlace) async throws {
    let plan = CrashPlan(crashAt: "before record")
    let journal = place.journal(plan)
    let pair = MailboxPair(id: 1, mapped: JournalSamples.mailbox("INBOX"))
    try await journal.enroll([], uidValidity: JournalSamples.generation, in: pair)
    try await journal.record([], in: pair)
    #expect(plan.steps.withLock { $0.isEmpty })
  }
}
