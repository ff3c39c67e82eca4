// mailmove: the thread of one connection.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One thread that runs the jobs of one connection, as the executor of its actor.
///
/// An actor names it in `unownedExecutor`; a task that prefers it (`addTask(executorPreference:)`)
/// talks to the actor without changing threads. Blocking in `poll` is fine here and nowhere else.
/// While a job blocks, the actor runs nothing else: cancel through an `Interrupt`.
///
/// The thread ends with the last reference or with `shutdown()`; jobs always run, in the order in
/// which they came.
package final class ConnectionThread: SerialExecutor, TaskExecutor, Sendable {
  private let queue: JobQueue

  /// Starts the thread.
  ///
  /// - Parameter name: shown by `ps -T` and debuggers; Linux keeps the first 15 bytes.
  /// - Throws: `TransportError.system` when the system gives no more threads.
  package init(name: String) throws(TransportError) {
    queue = JobQueue(threadName: name)
    let code = queue.startThread()
    guard code == 0 else {
      throw .system(call: "pthread_create", reason: systemText(code))
    }
  }

  deinit { queue.end() }

  package func enqueue(_ job: consuming ExecutorJob) {
    queue.append(UnownedJob(job), for: self)
  }

  /// Runs what is queued, ends the thread and waits for its end.
  ///
  /// Called on the thread itself it does not wait: the thread ends once its queue is empty. A job
  /// that comes later, such as the rest of a task that called this, is run by a new thread.
  package func shutdown() { queue.end() }
}
