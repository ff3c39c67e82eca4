// mailmove: a history from a seed.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import SyncEngine

/// What happens in one world: the servers and the steps.
struct Story: Equatable, Sendable {
  var habits: WorldHabits
  var steps: [Step]
}

/// Makes up a history from a seed.
struct Teller {
  var chance: SeededGenerator

  init(seed: UInt64) { chance = SeededGenerator(seed: seed) }

  mutating func tell() -> Story {
    let habits = habits()
    var steps: [Step] = []
    for _ in 0..<chance.number(1...5) { steps.append(.act(deliver(.source))) }
    if oneIn(5) {
      let act = Act.earlierTool(box: number(), count: chance.number(1...3), marks: oneIn(2))
      steps.append(.act(act))
    }
    if oneIn(4) { steps.append(.act(deliver(.target))) }
    if habits.sourceKind == .maildrop, oneIn(3) { steps.append(.act(maildropAct())) }
    if habits.targetKind == .imap, oneIn(20) { steps.append(.act(refusal())) }
    steps.append(.run(plan()))
    for _ in 0..<chance.number(1...4) {
      if oneIn(3) {
        for step in plot(habits) {
          if oneIn(8) { steps.append(self.step(habits)) }
          steps.append(step)
        }
      } else {
        for _ in 0..<chance.number(1...4) { steps.append(step(habits)) }
      }
      steps.append(.run(plan()))
    }
    return Story(habits: habits, steps: steps)
  }

  mutating func oneIn(_ count: Int) -> Bool { chance.number(1...count) == 1 }
  mutating func number() -> Int { chance.number(0...11) }

  private mutating func habits() -> WorldHabits {
    var habits = WorldHabits()
    habits.source = server()
    habits.target = server()
    habits.tellsUIDs = !oneIn(4)
    habits.groupMax = oneIn(4) ? 3 : 1
    habits.rewrites = oneIn(8)
    habits.mailboxes = chance.number(1...3)
    habits.sharesTarget = habits.mailboxes > 1 && oneIn(6)
    if oneIn(6) { habits.sourceKind = .maildrop }
    if oneIn(60) { habits.targetKind = .archive }
    if habits.targetKind == .imap, oneIn(100) { habits.sourceKind = .archive }
    habits.hasLedgerFile = oneIn(200)
    habits.hasTwins = oneIn(12)
    return habits
  }

  private mutating func server() -> WorldHabits.Server {
    var server = WorldHabits.Server()
    server.hasModSeq = !oneIn(3)
    server.listsStatus = !oneIn(5)
    server.givesOwnUIDValidity = !oneIn(4)
    server.tellsMailboxID = oneIn(4)
    server.tellsSize = oneIn(4)
    server.searches = !oneIn(6)
    return server
  }

  mutating func deliver(_ side: Side) -> Act {
    let letter: Act.Letter =
      switch chance.number(1...10) {
      case 1: .again(number())
      case 2: .twin(number())
      case 3: oneIn(2) ? .noHeader : .draft
      default: .new
      }
    return .deliver(side, box: number(), letter)
  }

  private mutating func side() -> Side { oneIn(2) ? .source : .target }

  mutating func act() -> Act {
    switch chance.number(1...24) {
    case 1...4: deliver(oneIn(3) ? .target : .source)
    case 5, 6: .flag(oneIn(3) ? .target : .source, box: number(), message: number(), number())
    case 7: .move(side(), box: number(), message: number(), to: number())
    case 8: .copy(side(), box: number(), message: number(), to: number())
    case 9, 10: .expunge(side(), box: number(), message: number())
    case 11: .empty(side(), box: number())
    case 12: .make(side())
    case 13: .rename(side(), box: number())
    case 14: .swap(side(), box: number(), with: number())
    case 15: .delete(side(), box: number())
    case 16: .remake(side(), box: number())
    case 17: oneIn(2) ? .hide(box: number()) : .unhide
    case 18, 19: .backUp(side())
    case 20, 21: .restore(side(), isRefilled: oneIn(3))
    case 22: .loseIndexes(side())
    case 23: .renumber(side(), box: number())
    default: .earlierTool(box: number(), count: chance.number(1...3), marks: oneIn(2))
    }
  }

  private mutating func step(_ habits: WorldHabits) -> Step {
    if habits.sourceKind == .maildrop, oneIn(4) { return .act(maildropAct()) }
    if habits.targetKind == .archive { return archiveStep() }
    if oneIn(20) { return .act(refusal()) }
    return .act(act())
  }

  /// What happens in a world with an archive; a disk that was taken away soon comes back.
  private mutating func archiveStep() -> Step {
    switch chance.number(1...12) {
    case 1: .act(.unmount)
    case 2: .act(.mount)
    case 3: .act(.backUp(.target))
    case 4: .act(.restore(.target, isRefilled: false))
    case 5: .act(.moveArchive(asLink: oneIn(2)))
    case 6: .act(.damage(segment: number(), byte: chance.number(0...9_999)))
    case 7: oneIn(2) ? .check : .act(act())
    default: .act(act())
    }
  }

  private mutating func maildropAct() -> Act {
    switch chance.number(1...3) {
    case 1: .makeWhole
    default: .cutShort(message: number(), chance.pick([.nothing, .header, .firstLines]))
    }
  }

  private mutating func refusal() -> Act {
    oneIn(4) ? .takeAgain : .refuse(count: chance.number(1...3), words: number())
  }

  mutating func plan() -> Plan {
    var plan = Plan()
    plan.trouble = trouble()
    plan.listsInFull = oneIn(5)
    plan.recopiesLost = oneIn(6)
    plan.retriesSkipped = oneIn(8)
    plan.flagPolicy = chance.pick([.merge, .merge, .source, .keep])
    plan.lanes = oneIn(4) ? 2 : 1
    if oneIn(7) {
      plan.removal = Removal(
        manner: oneIn(4) ? .flagOnly : .expunge, before: oneIn(3) ? Plan.ageLimit : nil,
        confirmed: 1_000, trustsRewritten: oneIn(3))
    }
    return plan
  }

  private mutating func trouble() -> Plan.Trouble {
    switch chance.number(1...10) {
    case 1, 2: .dies(chance.number(1...30))
    case 3: .cut(side(), chance.number(1...16))
    case 4: .meanwhile(act(), side(), request: chance.number(1...12))
    default: .none
    }
  }
}
