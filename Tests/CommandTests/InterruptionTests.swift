// mailmove: tests of Ctrl-C.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct InterruptionTests {
  private let recorder = Recorder([:])

  private func terminal() -> Terminal { Terminal(Terminal.Manner(), recorder.surroundings) }

  @Test func theFirstSignalAsksForACleanStop() async throws {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    let ending = await Interruption.run(terminal(), signals: signals) { stop in
      continuation.yield(SIGTERM)
      while !stop.isRequested { await Task.yield() }
      return Task.isCancelled ? "cancelled" : "finished"
    }
    #expect(try ending.result.get() == "finished")
    #expect(ending.signal == SIGTERM)
    #expect(recorder.errors.hasPrefix("stopping when what is under way is done"))
  }

  @Test func theSecondSignalCancels() async throws {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    let ending = await Interruption.run(terminal(), signals: signals) { _ -> String in
      continuation.yield(SIGINT)
      continuation.yield(SIGTERM)
      while !Task.isCancelled { await Task.yield() }
      throw CancellationError()
    }
    #expect(throws: CancellationError.self) { try ending.result.get() }
    #expect(ending.signal == SIGINT)
  }

  @Test func theWorkKnowsTheSignalWhileItIsEnding() async throws {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    let ending = await Interruption.run(terminal(), signals: signals) { wish in
      continuation.yield(SIGTERM)
      while !wish.isRequested { await Task.yield() }
      return MailJobs.ExitStatus.interrupted.after(wish.signal)
    }
    #expect(try ending.result.get() == .terminated)
  }

  @Test func workWithoutASignalJustEnds() async throws {
    let (signals, _) = AsyncStream.makeStream(of: Int32.self)
    let ending = await Interruption.run(terminal(), signals: signals) { _ in 42 }
    #expect(try ending.result.get() == 42)
    #expect(ending.signal == nil)
    #expect(recorder.errors.isEmpty)
  }
}
