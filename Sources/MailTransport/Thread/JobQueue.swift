// mailmove: the jobs a connection's thread has still to run.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// The queue between those who enqueue jobs and the thread that runs them.
///
/// It is separate from `ConnectionThread` so that the thread keeps the queue alive, but not the
/// executor: each job holds its executor, an idle thread does not.
final class JobQueue: @unchecked Sendable {
  private struct Entry {
    let job: UnownedJob
    let executor: ConnectionThread
  }

  private let threadName: String
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // All below are guarded by `mutex`.
  private var entries: [Entry] = []
  private var isEnding = false
  private var isRunning = false
  private var thread = pthread_t()

  init(threadName: String) {
    self.threadName = threadName
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func append(_ job: UnownedJob, for executor: ConnectionThread) {
    pthread_mutex_lock(mutex)
    entries.append(Entry(job: job, executor: executor))
    let code = isRunning ? 0 : startLocked()
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
    precondition(code == 0, "no thread for a job that came after shutdown")
  }

  func startThread() -> Int32 {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return startLocked()
  }

  func end() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isEnding = true
    pthread_cond_broadcast(changed)
    if isRunning && pthread_equal(thread, pthread_self()) != 0 { return }
    while isRunning { pthread_cond_wait(changed, mutex) }
  }

  /// The thread is detached: `end()` waits for `isRunning`, which is its last word.
  private func startLocked() -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    if code == 0 { isRunning = true } else { context.release() }
    return code
  }

  private func run() {
    mm_name_thread(threadName)
    while let entry = next() {
      entry.job.runSynchronously(
        isolatedTo: entry.executor.asUnownedSerialExecutor(),
        taskExecutor: entry.executor.asUnownedTaskExecutor())
    }
  }

  /// Waits for a job; nil when the thread has to end.
  private func next() -> Entry? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while entries.isEmpty {
      if isEnding {
        isRunning = false
        pthread_cond_broadcast(changed)
        return nil
      }
      pthread_cond_wait(changed, mutex)
    }
    return entries.removeFirst()
  }
}
