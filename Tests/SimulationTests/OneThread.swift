// mailmove: an executor that leaves nothing to chance.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Runs all jobs of a history on one thread, in the order in which they came, so that the same
/// seed gives the same history.
final class OneThread: TaskExecutor, Sendable {
  private struct State {
    var jobs: [UnownedJob] = []
    var isOver = false
  }

  private let state = Mutex(State())
  private let ready = DispatchSemaphore(value: 0)

  init(name: String) {
    let thread = Thread { [self] in work() }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    ready.signal()
  }

  /// Ends the thread once nothing is left to do.
  func end() {
    state.withLock { $0.isOver = true }
    ready.signal()
  }

  private func work() {
    while true {
      ready.wait()
      let (job, isOver) = state.withLock { state in
        (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isOver)
      }
      if let job {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if isOver {
        return
      }
    }
  }
}
