// mailmove: what goes wrong only together.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import SyncEngine

/// Something happens, a run dies in the midst of what follows from it, and something else happens
/// before the next one: by chance alone these would come together once in 100,000 histories.
extension Teller {
  mutating func plot(_ habits: WorldHabits) -> [Step] {
    // INBOX comes first among the names, and is not among those that can be moved.
    let folder = chance.number(1...habits.mailboxes)
    return switch chance.number(1...10) {
    case 1: backupAfterDeath()
    case 2: wrongPlace(folder)
    case 3: usedAgain(folder)
    case 4: backAgain(folder)
    case 5: markedAndRenumbered(folder)
    case 6: anewAndRenamed(folder)
    case 7: hiddenAndShown(folder)
    case 8: removedMeanwhile(folder)
    case 9: recopiedMeanwhile()
    default: flagsOfOthers(folder)
    }
  }

  /// The target is put back to where it was before a run that died.
  private mutating func backupAfterDeath() -> [Step] {
    var steps: [Step] = [.act(.backUp(.target))]
    for _ in 0..<chance.number(1...3) { steps.append(.act(deliver(.source))) }
    return steps + [.run(dying()), .act(.restore(.target, isRefilled: oneIn(2)))]
  }

  /// A run dies while it looks for copies in another mailbox than they were in, and they are back
  /// by the next one.
  private mutating func wrongPlace(_ folder: Int) -> [Step] {
    if oneIn(2) {
      let swap = Step.act(.swap(.target, box: folder - 1, with: number()))
      return [swap, .run(dying()), swap]
    }
    return [
      .act(.backUp(.target)), .act(.remake(.target, box: folder - 1)),
      .act(.earlierTool(box: folder, count: chance.number(1...3), marks: oneIn(4))),
      .run(dying()), .act(.restore(.target, isRefilled: oneIn(3))),
    ]
  }

  /// UIDs of the source stand for other mail, and the run that finds it dies.
  private mutating func usedAgain(_ folder: Int) -> [Step] {
    var steps: [Step] = [.act(.backUp(.source))]
    for _ in 0..<chance.number(1...3) { steps.append(.act(arrival(folder))) }
    return steps + [
      .run(calm()), .act(.restore(.source, isRefilled: !oneIn(4))), .run(dying()),
    ]
  }

  /// Mail is still wanted out of a folder that goes, and that comes back as it was.
  private mutating func backAgain(_ folder: Int) -> [Step] {
    var again = dying()
    again.retriesSkipped = true
    return [
      .act(.refuse(count: 1, words: number())), .act(arrival(folder)), .run(calm()),
      .act(.takeAgain), .act(.backUp(.source)), .run(again),
      .act(.delete(.source, box: folder - 1)), .run(calm()),
      .act(.restore(.source, isRefilled: false)),
    ]
  }

  /// Mail that we have marked at the source is listed there under other numbers.
  private mutating func markedAndRenumbered(_ folder: Int) -> [Step] {
    var marking = calm()
    marking.removal = Removal(manner: .flagOnly, before: nil, confirmed: 1_000)
    var next = calm()
    next.recopiesLost = oneIn(2)
    return [
      .act(arrival(folder)), .run(marking),
      .act(oneIn(2) ? .renumber(.source, box: folder) : .empty(.target, box: folder)), .run(next),
    ]
  }

  /// A folder is made anew, a run dies in it, and it has another name by the next one.
  private mutating func anewAndRenamed(_ folder: Int) -> [Step] {
    [
      .act(.remake(.source, box: folder - 1)), .act(arrival(folder)), .act(arrival(folder)),
      .run(dying()),
      .act(
        oneIn(2)
          ? .rename(.source, box: folder - 1) : .swap(.source, box: folder - 1, with: number())),
    ]
  }

  /// Mail is hidden from a run, and shown again while other mail goes.
  private mutating func hiddenAndShown(_ folder: Int) -> [Step] {
    var steps: [Step] = []
    for _ in 0..<chance.number(1...2) { steps.append(.act(arrival(folder))) }
    steps += [.act(.hide(box: folder)), .run(calm()), .act(.unhide)]
    for _ in 0..<chance.number(0...2) {
      steps.append(.act(.expunge(.source, box: folder, message: number())))
    }
    return steps
  }

  /// Something happens at the source while messages are removed from it.
  private mutating func removedMeanwhile(_ folder: Int) -> [Step] {
    var removing = calm()
    removing.removal = Removal(manner: oneIn(4) ? .flagOnly : .expunge, confirmed: 1_000)
    let act = oneIn(2) ? Act.renumber(.source, box: folder) : act()
    removing.trouble = .meanwhile(act, .source, request: chance.number(3...16))
    return [.act(deliver(.source)), .run(removing)]
  }

  /// Copies are made again while something happens to them.
  private mutating func recopiedMeanwhile() -> [Step] {
    var again = plan()
    again.recopiesLost = true
    return [
      .act(.backUp(.target)), .act(deliver(.source)), .run(calm()),
      .act(.restore(.target, isRefilled: oneIn(2))), .run(again),
    ]
  }

  /// Flags change at the source while the copy's UID stands for other mail.
  private mutating func flagsOfOthers(_ folder: Int) -> [Step] {
    [
      .act(.backUp(.target)), .act(arrival(folder)), .run(calm()),
      .act(.restore(.target, isRefilled: true)),
      .act(.flag(.source, box: folder, message: number(), number())),
    ]
  }

  private mutating func arrival(_ folder: Int) -> Act { .deliver(.source, box: folder, .new) }

  /// A run that is left in peace and removes nothing.
  private mutating func calm() -> Plan {
    var plan = plan()
    plan.trouble = .none
    plan.removal = nil
    return plan
  }

  private mutating func dying() -> Plan {
    var plan = calm()
    plan.trouble = .dies(chance.number(1...16))
    return plan
  }
}
