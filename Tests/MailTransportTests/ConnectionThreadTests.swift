// mailmove: the thread of a connection.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailTransport
import Testing

@Suite struct ConnectionThreadTests {
  private static func threadName() throws -> String {
    try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func anActorsCodeRunsOnItsOwnThread() async throws {
    let one = try TestClient(name: "one")
    let two = try TestClient(name: "two")
    #expect(try await one.run(Self.threadName) == "one")
    #expect(try await two.run(Self.threadName) == "two")
    #expect(try await one.run(Self.threadName) == "one")
  }

  @Test func aTaskThatPrefersTheThreadStaysOnIt() async throws {
    let client = try TestClient(name: "preferred")
    let names = try await withThrowingTaskGroup(of: [String].self) { group in
      group.addTask(executorPreference: client.thread) {
        [try Self.threadName(), try await client.run(Self.threadName), try Self.threadName()]
      }
      return try await group.next() ?? []
    }
    #expect(names == ["preferred", "preferred", "preferred"])
  }

  @Test func everyJobOfManyTasksRunsOnce() async throws {
    let client = try TestClient()
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<1000 { group.addTask { await client.run { number } } }
      return await group.reduce(0, +)
    }
    #expect(sum == 499_500)
  }

  @Test func shutdownMayBeCalledFromAnywhereAndTwice() async throws {
    let client = try TestClient(name: "again")
    let thread = client.thread
    await client.run { thread.shutdown() }
    #expect(try await client.run(Self.threadName) == "again")
    thread.shutdown()
    thread.shutdown()
    #expect(try await client.run(Self.threadName) == "again")
  }

  @Test(.timeLimit(.minutes(1))) func theThreadEndsWithItsLastReference() async throws {
    weak var gone: ConnectionThread?
    do {
      let client = try TestClient()
      gone = client.thread
      await client.run {}
    }
    // The last job lets go of its executor right after it has run.
    while gone != nil { await Task.yield() }
    #expect(gone == nil)
  }
}
