// mailmove: the right to hold bytes.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The right to hold message bytes in memory (invariant 1): permits never sum to more than the
/// budget, except that one message larger than the budget goes alone.
///
/// Back pressure of a lane lives here and nowhere else. Waiting is first come, first served.
package final class ByteBudget: Sendable {
  private struct Waiter {
    let id: Int
    let bytes: Int64
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var used: Int64 = 0
    var peak: Int64 = 0
    var nextID = 0
    var waiters: [Waiter] = []
    var cancelled: Set<Int> = []
  }

  private let limit: Int64
  private let state = Mutex(State())

  /// - Parameter limit: bytes.
  package init(limit: Int64) { self.limit = limit }

  /// The most that was ever out at one time, in bytes.
  package var peak: Int64 { state.withLock { $0.peak } }

  package var used: Int64 { state.withLock { $0.used } }

  /// Whether somebody waits for a permit, so that nothing more will arrive until one is given back.
  package var isAwaited: Bool { state.withLock { !$0.waiters.isEmpty } }

  /// A permit if that is possible without waiting.
  package func tryAcquire(_ bytes: Int64) -> Permit? {
    let isTaken = state.withLock { state in
      guard state.waiters.isEmpty, fits(bytes, state) else { return false }
      take(bytes, &state)
      return true
    }
    return isTaken ? Permit(bytes, of: self) : nil
  }

  /// Waits for a permit. Throws `CancellationError` if the task is cancelled while waiting.
  package func acquire(_ bytes: Int64) async throws -> Permit {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if state.waiters.isEmpty, fits(bytes, state) {
            take(bytes, &state)
            return .success(())
          }
          state.waiters.append(Waiter(id: id, bytes: bytes, continuation: continuation))
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiters.remove(at: index)
      }
      waiter?.continuation.resume(throwing: CancellationError())
    }
    state.withLock { state in _ = state.cancelled.remove(id) }
    return Permit(bytes, of: self)
  }

  /// Takes more than was asked for, because a message turned out larger than it was declared.
  ///
  /// This never waits: the bytes are already arriving. Later permits wait the longer.
  fileprivate func overdraw(_ bytes: Int64) {
    state.withLock { take(bytes, &$0) }
  }

  fileprivate func release(_ bytes: Int64) {
    let ready = state.withLock { state -> [Waiter] in
      state.used -= bytes
      var ready: [Waiter] = []
      while let first = state.waiters.first, fits(first.bytes, state) {
        take(first.bytes, &state)
        ready.append(state.waiters.removeFirst())
      }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  private func fits(_ bytes: Int64, _ state: State) -> Bool {
    state.used == 0 || state.used + bytes <= limit
  }

  private func take(_ bytes: Int64, _ state: inout State) {
    state.used += bytes
    state.peak = max(state.peak, state.used)
  }
}

/// Bytes of a budget, held until they are given back, or until nobody holds the permit any more.
///
/// So no path can forget them, and giving back twice is giving back once.
package final class Permit: Sendable {
  private let budget: ByteBudget
  private let held: Mutex<Int64>

  fileprivate init(_ bytes: Int64, of budget: ByteBudget) {
    self.budget = budget
    held = Mutex(bytes)
  }

  deinit { giveBack() }

  package var bytes: Int64 { held.withLock { $0 } }

  /// A permit of its own for some of the bytes, which this one no longer holds; at most for all.
  package func split(_ bytes: Int64) -> Permit {
    let taken = held.withLock { held in
      let taken = min(max(0, bytes), held)
      held -= taken
      return taken
    }
    return Permit(taken, of: budget)
  }

  /// Holds so many bytes instead, because a message has another size than was declared.
  ///
  /// More are taken without waiting: they are there already. Later permits wait the longer.
  package func resize(to bytes: Int64) {
    let change = held.withLock { held in
      defer { held = bytes }
      return bytes - held
    }
    if change > 0 { budget.overdraw(change) }
    if change < 0 { budget.release(-change) }
  }

  /// Gives all of it back. Where the moment matters, it is not left to the last reference.
  package func giveBack() { resize(to: 0) }
}
