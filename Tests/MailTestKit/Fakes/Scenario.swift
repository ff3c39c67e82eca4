// mailmove: a run between two accounts in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// A run between two accounts in memory that can be made to die at any durable step.
package struct Scenario: Sendable {
  package let source: FakeAccount
  package let target: FakeAccount
  package let journal: MemoryJournal
  package var options = RunOptions()
  package var rules = MappingRules()
  package var onSource: @Sendable (String) throws -> Void = { _ in }
  package var onTarget: @Sendable (String) throws -> Void = { _ in }
  package var observer: RunObserver = { _ in }
  package var stop = StopSignal()
  package var pacing = Scenario.instant

  package init(
    source: FakeAccount, target: FakeAccount, journal: MemoryJournal = MemoryJournal()
  ) {
    self.source = source
    self.target = target
    self.journal = journal
  }

  /// Waits for nothing and leaves nothing to chance.
  package static let instant = Pacing(sleep: { _ in try Task.checkCancellation() }, chance: { 0 })

  package func run(crash: CrashPoint = CrashPoint()) async -> Report {
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { [source, onSource] in
          try onSource("connect")
          return FakeSource(source, onRequest: onSource)
        },
        connectTarget: { [target, onTarget] in
          try onTarget("connect")
          return FakeTarget(target, crash: crash, onRequest: onTarget)
        },
        connectRemover: { [source, onSource] in
          try onSource("connect remover")
          return FakeRemover(source, crash: crash, onRequest: onSource)
        }),
      journal: CrashingJournal(journal) { try crash.pass("journal \($0)") }, rules: rules,
      options: options, pacing: pacing, observer: observer, stop: stop)
    return await run.run()
  }
}
