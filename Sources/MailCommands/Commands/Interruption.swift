// mailmove: Ctrl-C.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import SyncEngine
import Synchronization

/// Work that can be interrupted: SIGINT or SIGTERM once asks it to stop in its own time, twice
/// cancels it, and a third one ends the process.
enum Interruption {
  /// What became of the work, and the signal that came meanwhile.
  struct Ending<Value: Sendable>: Sendable {
    let result: Result<Value, any Error>
    let signal: Int32?
  }

  /// Draws the live line this often while nothing happens.
  private static let tick = Duration.milliseconds(500)

  static func run<Value: Sendable>(
    _ terminal: Terminal, _ work: @escaping @Sendable (StopWish) async throws -> Value
  ) async -> Ending<Value> {
    let listener = SignalListener()
    defer { listener.end() }
    return await run(terminal, signals: listener.signals, work)
  }

  /// The same with the signals as they come.
  static func run<Value: Sendable>(
    _ terminal: Terminal, signals: AsyncStream<Int32>,
    _ work: @escaping @Sendable (StopWish) async throws -> Value
  ) async -> Ending<Value> {
    let wish = StopWish()
    let result = await withTaskGroup(of: Result<Value, any Error>?.self) { group in
      group.addTask {
        do { return .success(try await work(wish)) } catch { return .failure(error) }
      }
      group.addTask {
        await watch(signals, wish, terminal)
        return nil
      }
      group.addTask {
        while (try? await Task.sleep(for: tick)) != nil { terminal.tick() }
        return nil
      }
      var result: Result<Value, any Error> = .failure(CancellationError())
      for await ended in group {
        if let ended { result = ended }
        group.cancelAll()
      }
      return result
    }
    return Ending(result: result, signal: wish.signal)
  }

  /// Returns at the second signal, or when the work has ended.
  private static func watch(
    _ signals: AsyncStream<Int32>, _ wish: StopWish, _ terminal: Terminal
  ) async {
    for await number in signals {
      guard wish.note(number) else { return SignalListener.restore() }
      if !terminal.manner.isQuiet {
        terminal.word("stopping when what is under way is done; once more to stop at once")
      }
    }
  }
}

/// The wish to stop, and the signal that brought it.
final class StopWish: Sendable {
  let stop = StopSignal()
  private let first = Mutex<Int32?>(nil)

  /// The first signal; nil as long as none came.
  var signal: Int32? { first.withLock { $0 } }

  var isRequested: Bool { stop.isRequested }

  /// Asks to stop; false from the second time on.
  func note(_ number: Int32) -> Bool {
    let isFirst = first.withLock { first in
      defer { first = first ?? number }
      return first == nil
    }
    stop.request()
    return isFirst
  }
}

/// Takes SIGINT and SIGTERM, as long as it listens.
private struct SignalListener {
  let signals: AsyncStream<Int32>
  private let sources: [any DispatchSourceSignal]
  private static let numbers = [SIGINT, SIGTERM]

  init() {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    self.signals = signals
    sources = Self.numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
  }

  func end() {
    for source in sources { source.cancel() }
    Self.restore()
  }

  /// Gives signals their usual effect back.
  static func restore() {
    for number in numbers { signal(number, SIG_DFL) }
  }
}
