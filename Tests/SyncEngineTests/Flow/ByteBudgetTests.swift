// mailmove: tests of the right to hold bytes.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine
import Synchronization
import Testing

@Suite("The byte budget", .timeLimit(.minutes(5)))
struct ByteBudgetTests {
  /// Bytes as their holders count them, apart from the budget's own books.
  final class Holding: Sendable {
    private let bytes = Mutex<(now: Int64, most: Int64)>((0, 0))

    var most: Int64 { bytes.withLock { $0.most } }

    func add(_ count: Int64) {
      bytes.withLock { bytes in
        bytes.now += count
        bytes.most = max(bytes.most, bytes.now)
      }
    }
  }

  /// Starts a task that waits for a permit and returns once it is waiting or served.
  static func waiting(
    for bytes: Int64, of budget: ByteBudget, then body: @escaping @Sendable () -> Void = {}
  ) async -> Task<Void, any Error> {
    let hasStarted = BoundedChannel<Void>(limit: 1)
    let task = Task {
      _ = await hasStarted.send(())
      try await budget.acquire(bytes)
      body()
    }
    _ = await hasStarted.receive()
    return task
  }

  @Test func givesNoMoreThanTheLimit() {
    let budget = ByteBudget(limit: 10)
    #expect(budget.tryAcquire(6) && budget.tryAcquire(4))
    #expect(!budget.tryAcquire(1))
    budget.release(4)
    #expect(!budget.tryAcquire(5) && budget.tryAcquire(4))
    #expect(budget.used == 10 && budget.peak == 10)
  }

  @Test func tellsWhetherSomebodyWaits() async throws {
    let budget = ByteBudget(limit: 10)
    #expect(budget.tryAcquire(10) && !budget.isAwaited)
    let task = await Self.waiting(for: 1, of: budget)
    while !budget.isAwaited { await Task.yield() }
    budget.release(10)
    #expect(!budget.isAwaited)
    try await task.value
  }

  @Test func somethingLargerGoesAlone() async throws {
    let budget = ByteBudget(limit: 10)
    try await budget.acquire(100)
    #expect(!budget.tryAcquire(0) && !budget.tryAcquire(1))
    budget.release(100)
    #expect(budget.tryAcquire(1) && !budget.tryAcquire(100))
  }

  @Test func anOverdraftMakesOthersWaitTheLonger() {
    let budget = ByteBudget(limit: 10)
    #expect(budget.tryAcquire(8))
    budget.overdraw(7)
    #expect(budget.used == 15 && budget.peak == 15)
    budget.release(5)
    #expect(!budget.tryAcquire(1))
    budget.release(5)
    #expect(budget.tryAcquire(5) && !budget.tryAcquire(1))
  }

  @Test func whoComesFirstIsServedFirst() async throws {
    let budget = ByteBudget(limit: 10)
    let served = Mutex<[Int]>([])
    #expect(budget.tryAcquire(10))
    var tasks: [Task<Void, any Error>] = []
    for number in 1...20 {
      let task = await Self.waiting(for: number == 1 ? 10 : 1, of: budget) {
        served.withLock { $0.append(number) }
        budget.release(number == 1 ? 10 : 1)
      }
      tasks.append(task)
      if number == 1 { while budget.tryAcquire(0) { await Task.yield() } }
    }
    budget.release(5)
    #expect(budget.used == 5)
    budget.release(5)
    for task in tasks { try await task.value }
    #expect(served.withLock { $0.first } == 1)
    #expect(served.withLock { $0.sorted() } == Array(1...20))
    #expect(budget.used == 0)
  }

  @Test func aCancelledWaiterGetsNothingAndHoldsNobodyUp() async throws {
    let budget = ByteBudget(limit: 10)
    #expect(budget.tryAcquire(10))
    let large = await Self.waiting(for: 10, of: budget)
    let small = await Self.waiting(for: 1, of: budget)
    large.cancel()
    await #expect(throws: CancellationError.self) { try await large.value }
    budget.release(10)
    try await small.value
    #expect(budget.used == 1)
  }

  @Test func whoIsCancelledBeforehandGetsNothing() async {
    let budget = ByteBudget(limit: 10)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await budget.acquire(5)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(budget.used == 0)
  }

  @Test func manyTasksTogetherNeverHoldMoreThanTheLimit() async throws {
    let limit: Int64 = 100
    let budget = ByteBudget(limit: limit)
    let held = Holding()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<50 {
        group.addTask {
          for round in 0..<40 {
            let bytes = Int64((task * 31 + round * 17) % 60 + 1)
            try await budget.acquire(bytes)
            held.add(bytes)
            await Task.yield()
            held.add(-bytes)
            budget.release(bytes)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(held.most <= limit)
    #expect(budget.peak <= limit && budget.used == 0)
  }

  @Test func cancellingManyAtAnyMomentLeavesNothingOut() async throws {
    let budget = ByteBudget(limit: 10)
    for round in 0..<200 {
      let tasks = (0..<8).map { number in
        Task {
          try await budget.acquire(Int64(number + 1))
          await Task.yield()
          budget.release(Int64(number + 1))
        }
      }
      for task in tasks where round % 2 == 0 { task.cancel() }
      for task in tasks { _ = await task.result }
      #expect(budget.used == 0, "round \(round)")
    }
    #expect(budget.tryAcquire(10))
  }
}
