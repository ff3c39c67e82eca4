// mailmove: where an archive waits for the disk.
// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs a writer's work on a queue of its own, so that waiting for the disk never holds up Swift's
/// threads.
final class ArchiveQueue: SerialExecutor {
  private let queue = DispatchQueue(label: "mailmove archive")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
