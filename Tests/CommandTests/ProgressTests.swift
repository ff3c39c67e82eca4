// mailmove: tests of the live line.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct ProgressTests {
  /// Two folders of 10 MB each, 1 MB a second, for some seconds.
  private func state(after seconds: Int) -> ProgressState {
    var state = ProgressState()
    state.apply(.planned(mailboxes: 2), at: .zero)
    state.apply(.mailboxStarted(Samples.inbox, messages: 100, bytes: 10_000_000), at: .zero)
    state.apply(.mailboxStarted(Samples.sent, messages: 100, bytes: 10_000_000), at: .zero)
    for second in 0...seconds where second > 0 || seconds > 0 {
      let amount: Int64 = second == 0 ? 0 : 1_000_000
      state.apply(
        .settled(Samples.inbox, messages: second == 0 ? 0 : 10, bytes: amount),
        at: .seconds(second))
    }
    return state
  }

  @Test func theWholeLineIsShownWhereThereIsRoom() {
    #expect(
      ProgressBar.render(state(after: 5), width: 120, at: .seconds(5))
        == "INBOX  50/200 messages  5.00 MB of 20.0 MB  15s left  1.00 MB/s  folder 2 of 2")
  }

  @Test func theLineIsNeverWiderThanTheTerminal() {
    var state = state(after: 5)
    let wide = Samples.pair(3, "仕事/プロジェクト/とても長い名前のフォルダー", "x")
    state.apply(.settled(wide, messages: 1, bytes: 1), at: .seconds(5))
    for width in 0...130 {
      let line = ProgressBar.render(state, width: width, at: .seconds(5))
      #expect(DisplayWidth.of(line) < max(1, width))
    }
    #expect(ProgressBar.render(state, width: 40, at: .seconds(5)).contains("51/200 messages"))
  }

  @Test func timeLeftIsOnlyToldWhenItMeansSomething() {
    #expect(state(after: 5).timeLeft(at: .seconds(5)) == .seconds(15))
    #expect(state(after: 1).timeLeft(at: .seconds(1)) == nil)
    var unknown = ProgressState()
    unknown.apply(.planned(mailboxes: 3), at: .zero)
    unknown.apply(.mailboxStarted(Samples.inbox, messages: 9, bytes: 9_000_000), at: .zero)
    unknown.apply(.settled(Samples.inbox, messages: 1, bytes: 1_000_000), at: .zero)
    unknown.apply(.settled(Samples.inbox, messages: 1, bytes: 1_000_000), at: .seconds(5))
    #expect(unknown.bytesPerSecond(at: .seconds(5)) != nil)
    #expect(unknown.timeLeft(at: .seconds(5)) == nil)
  }

  @Test func theRateFollowsWithinSecondsAndDoesNotJump() throws {
    var rate = TransferRate()
    for second in 0...20 { rate.add(1_000_000, at: .seconds(second)) }
    let steady = try #require(rate.bytesPerSecond(at: .seconds(20)))
    #expect(abs(steady - 1_000_000) < 1)
    rate.add(10_000_000, at: .seconds(21))
    let burst = try #require(rate.bytesPerSecond(at: .seconds(21)))
    #expect(burst > steady && burst < 4_000_000)
    let stalled = try #require(rate.bytesPerSecond(at: .seconds(60)))
    #expect(stalled < 500_000)
    rate.add(1, at: .seconds(3))
    #expect(try #require(rate.bytesPerSecond(at: .seconds(60))) >= 0)
  }

  @Test func aRunThatWaitsSaysWhy() {
    var state = state(after: 3)
    state.apply(
      .retrying(Samples.error(.throttled, .target), after: .seconds(30), attempt: 1),
      at: .seconds(4))
    let line = ProgressBar.render(state, width: 100, at: .seconds(4))
    #expect(line == "INBOX  the target server asks to slow down, waiting 30s")
    state.apply(.settled(Samples.inbox, messages: 1, bytes: 1), at: .seconds(40))
    #expect(state.waiting == nil)
  }
}
