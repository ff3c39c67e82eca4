// mailmove: where an archive waits for the disk.
// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs a writer's work on a queue of its own, so that waiting for the disk never holds up Swift's
/// threads.
///
/// A task that prefers it (`withTaskExecutorPreference`) hands over messages without changing
/// threads for each of them.
final class ArchiveQueue: SerialExecutor, TaskExecutor {
  private let queue = DispatchQueue(label: "mailmove archive")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async {
      job.runSynchronously(
        isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
