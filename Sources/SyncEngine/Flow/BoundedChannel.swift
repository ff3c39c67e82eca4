// mailmove: a channel between two tasks.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands elements from one task to another, in order, with at most `limit` of them waiting.
///
/// Bytes are limited by `ByteBudget`; the limit here only bounds the number of elements.
package final class BoundedChannel<Element: Sendable>: Sendable {
  private enum Step {
    case go
    case wait
    case closed
  }

  private struct State {
    /// nil is what was handed out: it is nobody's any more and may be large.
    var elements: [Element?] = []
    var head = 0
    var isFinished = false
    var receiver: CheckedContinuation<Void, Never>?
    var sender: CheckedContinuation<Void, Never>?

    var count: Int { elements.count - head }

    mutating func pop() -> Element? {
      guard head < elements.count else { return nil }
      let element = elements[head].take()
      head += 1
      if head == elements.count {
        elements.removeAll(keepingCapacity: true)
        head = 0
      } else if head >= 1_024 {
        elements.removeFirst(head)
        head = 0
      }
      return element
    }
  }

  private let limit: Int
  private let state = Mutex(State())

  package init(limit: Int) { self.limit = limit }

  /// Puts an element in, waiting while the channel is full; false if the channel is finished.
  ///
  /// Only one task may send.
  package func send(_ element: Element) async -> Bool {
    while true {
      let step = state.withLock { state -> (Step, CheckedContinuation<Void, Never>?) in
        if state.isFinished { return (.closed, nil) }
        guard state.count < limit else { return (.wait, nil) }
        state.elements.append(element)
        defer { state.receiver = nil }
        return (.go, state.receiver)
      }
      step.1?.resume()
      switch step.0 {
      case .go: return true
      case .closed: return false
      case .wait: await waitForRoom()
      }
    }
  }

  /// The next element, or nil once the channel is finished and empty. Only one task may receive.
  package func receive() async -> Element? {
    while true {
      if let element = tryReceive() { return element }
      if state.withLock({ $0.isFinished && $0.count == 0 }) { return nil }
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if state.count > 0 || state.isFinished { return true }
          state.receiver = continuation
          return false
        }
        if ready { continuation.resume() }
      }
    }
  }

  /// The next element if one comes in time; nil says nothing about whether more will come.
  ///
  /// - Parameter sleep: throws when its task is cancelled.
  package func receive(
    within time: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
  ) async -> Element? {
    guard time > .zero else { return tryReceive() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitForElement() }
      group.addTask { try? await sleep(time) }
      await group.next()
      group.cancelAll()
    }
    return tryReceive()
  }

  /// Waits until there is an element or the channel is finished, or the task is cancelled.
  private func waitForElement() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if state.count > 0 || state.isFinished || Task.isCancelled { return true }
          state.receiver = continuation
          return false
        }
        if ready { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        defer { state.receiver = nil }
        return state.receiver
      }
      waiting?.resume()
    }
  }

  /// The next element if one is waiting.
  package func tryReceive() -> Element? {
    let taken = state.withLock { state -> (Element?, CheckedContinuation<Void, Never>?) in
      guard let element = state.pop() else { return (nil, nil) }
      defer { state.sender = nil }
      return (element, state.sender)
    }
    taken.1?.resume()
    return taken.0
  }

  /// No more elements will come; what is in the channel can still be received.
  package func finish() {
    let waiting = state.withLock { state in
      state.isFinished = true
      defer {
        state.receiver = nil
        state.sender = nil
      }
      return [state.receiver, state.sender]
    }
    for continuation in waiting { continuation?.resume() }
  }

  private func waitForRoom() async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        if state.count < limit || state.isFinished { return true }
        state.sender = continuation
        return false
      }
      if ready { continuation.resume() }
    }
  }
}
