// mailmove: tests of the channel between two tasks.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine
import Synchronization
import Testing

@Suite("The channel between two tasks", .timeLimit(.minutes(5)))
struct BoundedChannelTests {
  @Test(arguments: [1, 2, 7, 5_000])
  func manyElementsArriveInOrder(_ limit: Int) async {
    let channel = BoundedChannel<Int>(limit: limit)
    let sender = Task {
      for number in 0..<20_000 { _ = await channel.send(number) }
      channel.finish()
    }
    var expected = 0
    while let element = await channel.receive() {
      #expect(element == expected)
      expected += 1
    }
    #expect(expected == 20_000)
    await sender.value
  }

  @Test func theSenderIsNeverFurtherAheadThanTheLimit() async {
    let channel = BoundedChannel<Int>(limit: 3)
    let sent = Atomic(0)
    let sender = Task {
      for number in 0..<500 where await channel.send(number) {
        sent.add(1, ordering: .sequentiallyConsistent)
      }
      channel.finish()
    }
    var received = 0
    while await channel.receive() != nil {
      received += 1
      await Task.yield()
      #expect(sent.load(ordering: .sequentiallyConsistent) <= received + 3)
    }
    #expect(received == 500)
    await sender.value
  }

  @Test func whatIsInAFinishedChannelCanStillBeReceived() async {
    let channel = BoundedChannel<Int>(limit: 4)
    for number in 1...3 { #expect(await channel.send(number)) }
    channel.finish()
    #expect(await !channel.send(4))
    for number in 1...3 { #expect(await channel.receive() == number) }
    #expect(await channel.receive() == nil)
    #expect(channel.tryReceive() == nil)
  }

  @Test func finishingFreesASenderThatWaits() async {
    let channel = BoundedChannel<Int>(limit: 1)
    #expect(await channel.send(1))
    let sender = Task { await channel.send(2) }
    await Task.yield()
    channel.finish()
    #expect(await sender.value == false)
  }

  @Test func finishingFreesAReceiverThatWaits() async {
    let channel = BoundedChannel<Int>(limit: 1)
    let receiver = Task { await channel.receive() }
    await Task.yield()
    channel.finish()
    #expect(await receiver.value == nil)
  }

  @Test func tryReceiveNeverWaits() async {
    let channel = BoundedChannel<Int>(limit: 2)
    #expect(channel.tryReceive() == nil)
    #expect(await channel.send(1))
    #expect(channel.tryReceive() == 1 && channel.tryReceive() == nil)
  }

  @Test func whatWasHandedOutIsNotHeldAnyMore() async throws {
    final class Letter: Sendable {}
    let channel = BoundedChannel<Letter>(limit: 10)
    for _ in 1...3 { _ = await channel.send(Letter()) }
    var letter = await channel.receive()
    weak let held = letter
    #expect(held != nil)
    letter = nil
    #expect(held == nil, "two more are waiting behind it")
  }
}
