// mailmove: making a story short.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// Takes away from a story whatever it can do without and still fail in the same question.
struct Shrinking {
  private let question: Int
  private var best: Story
  private var outcome: Simulation.Outcome
  private var attempts = 0

  private static let attemptsMax = 600

  private init(_ story: Story, _ outcome: Simulation.Outcome) {
    best = story
    self.outcome = outcome
    question = outcome.findings.first?.question ?? 0
  }

  static func shrink(_ story: Story, _ outcome: Simulation.Outcome) async -> (
    story: Story, outcome: Simulation.Outcome
  ) {
    var shrinking = Shrinking(story, outcome)
    var size = -1
    while size != shrinking.best.steps.count {
      size = shrinking.best.steps.count
      await shrinking.dropSteps()
      await shrinking.simplifySteps()
      await shrinking.simplifyHabits()
    }
    return (shrinking.best, shrinking.outcome)
  }

  private mutating func attempt(_ story: Story) async -> Bool {
    guard attempts < Self.attemptsMax, story != best else { return false }
    attempts += 1
    let outcome = await Simulation.live(story)
    guard outcome.findings.first?.question == question else { return false }
    (best, self.outcome) = (story, outcome)
    return true
  }

  private mutating func dropSteps() async {
    for count in [4, 2, 1] {
      var index = best.steps.count - count
      while index >= 0 {
        var story = best
        if index + count <= story.steps.count {
          story.steps.removeSubrange(index..<index + count)
          _ = await attempt(story)
        }
        index -= 1
      }
    }
  }

  private mutating func simplifySteps() async {
    for index in best.steps.indices {
      guard case .run = best.steps[index] else {
        if case .act(.deliver(let side, _, let letter)) = best.steps[index] {
          await replace(index, with: .act(.deliver(side, box: 0, letter)))
          await replace(index, with: .act(.deliver(side, box: 0, .new)))
        }
        if case .act(.cutShort(let message, _)) = best.steps[index] {
          await replace(index, with: .act(.cutShort(message: message, .nothing)))
        }
        if case .act(.moveArchive(asLink: true)) = best.steps[index] {
          await replace(index, with: .act(.moveArchive(asLink: false)))
        }
        continue
      }
      for change in Plan.simplifications {
        guard case .run(var plan) = best.steps[index] else { break }
        change(&plan)
        await replace(index, with: .run(plan))
      }
    }
  }

  private mutating func replace(_ index: Int, with step: Step) async {
    var story = best
    story.steps[index] = step
    _ = await attempt(story)
  }

  private mutating func simplifyHabits() async {
    let usual = WorldHabits()
    let changes: [(inout WorldHabits) -> Void] = [
      { $0 = usual }, { $0.source = usual.source }, { $0.target = usual.target },
      { $0.tellsUIDs = true }, { $0.hasLedgerFile = false }, { $0.groupMax = 1 },
      { $0.rewrites = false }, { $0.hasTwins = false },
      { $0.mailboxes = 1 }, { $0.source.tellsMailboxID = false },
      { $0.target.tellsMailboxID = false }, { $0.source.listsStatus = true },
      { $0.target.listsStatus = true }, { $0.source.hasModSeq = true },
      { $0.target.hasModSeq = true }, { $0.source.givesOwnUIDValidity = true },
      { $0.target.givesOwnUIDValidity = true }, { $0.source.searches = true },
    ]
    for change in changes {
      var story = best
      change(&story.habits)
      _ = await attempt(story)
    }
  }
}

extension Plan {
  /// Each takes one thing away from a plan.
  fileprivate static let simplifications: [@Sendable (inout Plan) -> Void] = [
    { $0 = Plan() }, { $0.trouble = .none }, { $0.listsInFull = false },
    { $0.recopiesLost = false }, { $0.retriesSkipped = false }, { $0.flagPolicy = .merge },
    { $0.lanes = 1 }, { $0.removal = nil }, { $0.removal?.trustsRewritten = false },
    { $0.removal?.before = nil },
  ]
}
