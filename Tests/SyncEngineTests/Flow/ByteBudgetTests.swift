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
    for bytes: Int64, of budget: ByteBudget,
    then body: @escaping @Sendable (Permit) -> Void = { _ in }
  ) async -> Task<Permit, any Error> {
    let hasStarted = BoundedChannel<Void>(limit: 1)
    let task = Task {
      _ = await hasStarted.send(())
      let permit = try await budget.acquire(bytes)
      body(permit)
      return permit
    }
    _ = await hasStarted.receive()
    return task
  }

  @Test func givesNoMoreThanTheLimit() throws {
    let budget = ByteBudget(limit: 10)
    let six = try #require(budget.tryAcquire(6))
    let four = try #require(budget.tryAcquire(4))
    #expect(budget.tryAcquire(1) == nil)
    four.giveBack()
    #expect(budget.tryAcquire(5) == nil)
    let again = try #require(budget.tryAcquire(4))
    #expect(budget.used == 10 && budget.peak == 10 && six.bytes + again.bytes == 10)
  }

  @Test func aPermitThatNobodyHoldsIsGivenBack() {
    let budget = ByteBudget(limit: 10)
    do {
      let permit = budget.tryAcquire(10)
      #expect(budget.used == permit?.bytes)
    }
    #expect(budget.used == 0)
  }

  @Test func givingBackTwiceIsGivingBackOnce() throws {
    let budget = ByteBudget(limit: 10)
    let other = try #require(budget.tryAcquire(4))
    do {
      let permit = try #require(budget.tryAcquire(6))
      permit.giveBack()
      permit.giveBack()
      #expect(permit.bytes == 0 && budget.used == 4)
    }
    #expect(budget.used == other.bytes)
  }

  @Test(arguments: [Int64(-5), 0, 3, 10, 11])
  func partsOfAPermitAreNeverMoreThanTheWhole(_ bytes: Int64) throws {
    let budget = ByteBudget(limit: 10)
    do {
      let permit = try #require(budget.tryAcquire(10))
      let part = permit.split(bytes)
      #expect(part.bytes == min(max(0, bytes), 10) && part.bytes + permit.bytes == 10)
      permit.giveBack()
      #expect(budget.used == part.bytes)
    }
    #expect(budget.used == 0)
  }

  @Test func tellsWhetherSomebodyWaits() async throws {
    let budget = ByteBudget(limit: 10)
    let permit = try #require(budget.tryAcquire(10))
    #expect(!budget.isAwaited)
    let task = await Self.waiting(for: 1, of: budget)
    while !budget.isAwaited { await Task.yield() }
    permit.giveBack()
    #expect(!budget.isAwaited)
    #expect(try await task.value.bytes == 1)
  }

  @Test func somethingLargerGoesAlone() async throws {
    let budget = ByteBudget(limit: 10)
    let large = try await budget.acquire(100)
    #expect(budget.tryAcquire(0) == nil && budget.tryAcquire(1) == nil)
    large.giveBack()
    let small = try #require(budget.tryAcquire(1))
    #expect(budget.tryAcquire(100) == nil && small.bytes == 1)
  }

  @Test func anOverdraftMakesOthersWaitTheLonger() throws {
    let budget = ByteBudget(limit: 10)
    let permit = try #require(budget.tryAcquire(8))
    permit.resize(to: 15)
    #expect(budget.used == 15 && budget.peak == 15)
    permit.resize(to: 10)
    #expect(budget.tryAcquire(1) == nil)
    permit.resize(to: 5)
    let other = try #require(budget.tryAcquire(5))
    #expect(budget.tryAcquire(1) == nil && other.bytes == 5)
  }

  @Test func whoComesFirstIsServedFirst() async throws {
    let budget = ByteBudget(limit: 10)
    let served = Mutex<[Int]>([])
    let permit = try #require(budget.tryAcquire(10))
    var tasks: [Task<Permit, any Error>] = []
    for number in 1...20 {
      let task = await Self.waiting(for: number == 1 ? 10 : 1, of: budget) { permit in
        served.withLock { $0.append(number) }
        permit.giveBack()
      }
      tasks.append(task)
      if number == 1 { while budget.tryAcquire(0) != nil { await Task.yield() } }
    }
    permit.resize(to: 5)
    #expect(budget.used == 5)
    permit.giveBack()
    for task in tasks { _ = try await task.value }
    #expect(served.withLock { $0.first } == 1)
    #expect(served.withLock { $0.sorted() } == Array(1...20))
    #expect(budget.used == 0)
  }

  @Test func aCancelledWaiterGetsNothingAndHoldsNobodyUp() async throws {
    let budget = ByteBudget(limit: 10)
    let permit = try #require(budget.tryAcquire(10))
    let large = await Self.waiting(for: 10, of: budget)
    let small = await Self.waiting(for: 1, of: budget)
    large.cancel()
    await #expect(throws: CancellationError.self) { try await large.value }
    permit.giveBack()
    let one = try await small.value
    #expect(budget.used == 1 && one.bytes == 1)
  }

  @Test func whoIsCancelledBeforehandGetsNothing() async {
    let budget = ByteBudget(limit: 10)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await budget.acquire(5)
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
            let permit = try await budget.acquire(bytes)
            held.add(bytes)
            await Task.yield()
            held.add(-bytes)
            permit.giveBack()
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
          let permit = try await budget.acquire(Int64(number + 1))
          await Task.yield()
          permit.giveBack()
        }
      }
      for task in tasks where round % 2 == 0 { task.cancel() }
      for task in tasks { _ = await task.result }
      #expect(budget.used == 0, "round \(round)")
    }
    #expect(budget.tryAcquire(10) != nil)
  }
}
