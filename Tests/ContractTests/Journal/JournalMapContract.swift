// mailmove: the journal's contract, the map.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct JournalMapContract {
  @Test(arguments: JournalKind.allCases) func startsWithoutAMap(_ kind: JournalKind) async throws {
    try await kind.with { (journal: any Journal) async throws in
      #expect(try await journal.pairs().isEmpty)
      #expect(try await journal.summary() == JobSummary(mailboxes: []))
    }
  }

  @Test(arguments: JournalKind.allCases)
  func keepsEveryFieldOfTheMapInTheOrderItWasFrozen(_ kind: JournalKind) async throws {
    var plain = JournalSamples.mailbox("Archive")
    plain.sourceDelimiter = nil
    plain.targetDelimiter = nil
    plain.target = nil
    plain.targetPath = nil
    plain.role = .archive
    plain.createRole = .archive
    plain.sourceUIDValidity = UIDValidity(1 << 40)
    plain.sourceMailboxID = "F2212ea87-6097-4256-9d51"
    plain.decision = .skipped
    plain.subscribe = false
    plain.existsAtTarget = true
    let raw = MailboxName([0xE4, 0x00, 0x26])
    var odd = JournalSamples.mailbox("Zwölf 'Drummers'")
    odd.source = raw
    let mailboxes = [JournalSamples.mailbox("INBOX"), odd, plain]
    try await kind.with { journal in
      let frozen = try await journal.freeze(mailboxes)
      #expect(frozen.map(\.mapped) == mailboxes)
      #expect(try await journal.pairs().map(\.mapped) == mailboxes)
      #expect(try await journal.pairs() == frozen)
      #expect(Set(frozen.map(\.id)).count == 3)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func leavesAFrozenMailboxAsItWasFrozen(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let first = try await journal.freeze([JournalSamples.mailbox("INBOX")])
      var changed = JournalSamples.mailbox("inbox")
      changed.target = MailboxName(wire: "elsewhere")
      let both = try await journal.freeze([changed, JournalSamples.mailbox("Sent")])
      #expect(both.map(\.mapped.source.description) == ["INBOX", "Sent"])
      #expect(both.first?.mapped == first.first?.mapped)
      #expect(both.first == first.first)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func decidesAgainOnlyWhereNothingWasEverMade(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let names = ["Begun", "Moved", "Unmade"]
      let first = try await journal.freeze(names.map { JournalSamples.mailbox($0) })
      try await journal.begin(
        first[0],
        at: TargetAnchor(
          mailbox: MailboxName(wire: "Begun"), uidValidity: UIDValidity(1), uidNext: UID(1)))
      try await journal.record([.settled(JournalSamples.stored(1))], in: first[1])
      let released = try await journal.release(first)
      #expect(released == first)
      #expect(released.map { $0.mapped.target == nil } == [false, false, true])
      let again = try await journal.freeze(
        names.map { name in
          var mapped = JournalSamples.mailbox(name)
          mapped.target = MailboxName(wire: "elsewhere")
          return mapped
        })
      #expect(again == first)
      #expect(again[0].mapped.target == first[0].mapped.target)
      #expect(again[1].mapped.target == first[1].mapped.target)
      #expect(again[2].mapped.target == MailboxName(wire: "elsewhere"))
    }
  }

  @Test(arguments: JournalKind.allCases)
  func followsAMailboxThatWasRenamedAtTheSource(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let first = try await journal.freeze([
        JournalSamples.mailbox("Work"), JournalSamples.mailbox("Sent"),
      ])
      let work = try #require(first.first)
      try await journal.record([.settled(JournalSamples.stored(1))], in: work)
      var renamed = JournalSamples.mailbox("Office")
      renamed.renamedFrom = MailboxName(wire: "Work")
      renamed.sourceUIDValidity = JournalSamples.generation
      for _ in 0..<2 {
        let pairs = try await journal.freeze([renamed])
        #expect(pairs == first)
        #expect(pairs.map(\.mapped.sourcePath) == ["Office", "Sent"])
        #expect(pairs.first?.mapped.target == work.mapped.target)
        #expect(pairs.first?.mapped.sourceUIDValidity == JournalSamples.generation)
      }
      #expect(try await journal.records(of: work) == [JournalSamples.stored(1)])
    }
  }

  @Test(arguments: JournalKind.allCases)
  func knowsAMailboxAgainByWhatItWasLastKnownBy(_ kind: JournalKind) async throws {
    var mailbox = JournalSamples.mailbox("INBOX")
    mailbox.sourceUIDValidity = UIDValidity(7)
    mailbox.sourceMailboxID = "F-1"
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([mailbox]).first)
      var status = MailboxStatus()
      try await journal.identify(pair, by: status)
      #expect(try await journal.pairs() == [pair])
      status.uidValidity = UIDValidity(8)
      try await journal.identify(pair, by: status)
      status.mailboxID = "F-2"
      try await journal.identify(pair, by: status)
      mailbox.sourceUIDValidity = UIDValidity(8)
      mailbox.sourceMailboxID = "F-2"
      #expect(try await journal.pairs().map(\.mapped) == [mailbox])
    }
  }

  @Test(arguments: JournalKind.allCases)
  func neverRenamesAMailboxOverAnother(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let first = try await journal.freeze([
        JournalSamples.mailbox("Work"), JournalSamples.mailbox("Sent"),
      ])
      var renamed = JournalSamples.mailbox("Sent")
      renamed.renamedFrom = MailboxName(wire: "Work")
      let pairs = try await journal.freeze([renamed])
      #expect(pairs.map(\.mapped) == first.map(\.mapped))
    }
  }

  @Test(arguments: JournalKind.allCases)
  func remembersWhereAppendingBeganAndWhatWasFinished(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      #expect(try await journal.standing(of: pair) == PairStanding())
      try await journal.begin(pair, at: JournalSamples.anchor(5))
      #expect(
        try await journal.standing(of: pair) == PairStanding(target: JournalSamples.anchor(5)))
      try await journal.finish(
        pair, source: JournalSamples.checkpoint, target: JournalSamples.anchor(9))
      #expect(
        try await journal.standing(of: pair)
          == PairStanding(source: JournalSamples.checkpoint, target: JournalSamples.anchor(9)))
    }
  }

  @Test(arguments: JournalKind.allCases, [false, true])
  func remembersThatTheTargetIsAnotherMailbox(_ kind: JournalKind, isApart: Bool) async throws {
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      for finishes in [false, true] {
        let anchor = TargetAnchor(
          mailbox: .inbox, uidValidity: UIDValidity(7), uidNext: UID(2), isApart: isApart)
        if finishes {
          try await journal.finish(pair, source: JournalSamples.checkpoint, target: anchor)
        } else {
          try await journal.begin(pair, at: anchor)
        }
        #expect(try await journal.standing(of: pair).target == anchor)
      }
    }
  }

  @Test(arguments: JournalKind.allCases)
  func keepsTheAnchorWhenAPairIsFinishedWithoutOne(_ kind: JournalKind) async throws {
    let sparse = SourceCheckpoint(
      uidValidity: .unknown, uidNext: nil, highestModSeq: nil, messages: nil)
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      try await journal.begin(pair, at: JournalSamples.anchor(.max))
      try await journal.finish(pair, source: sparse, target: nil)
      #expect(
        try await journal.standing(of: pair)
          == PairStanding(source: sparse, target: JournalSamples.anchor(.max)))
    }
  }

  @Test(arguments: JournalKind.allCases)
  func refusesAPairThatIsNotInTheMap(_ kind: JournalKind) async throws {
    let stranger = MailboxPair(id: 42, mapped: JournalSamples.mailbox("INBOX"))
    try await kind.with { journal in
      await expectFault { _ = try await journal.standing(of: stranger) }
      await expectFault { try await journal.identify(stranger, by: MailboxStatus()) }
      await expectFault { try await journal.begin(stranger, at: JournalSamples.anchor(1)) }
      await expectFault {
        try await journal.finish(stranger, source: JournalSamples.checkpoint, target: nil)
      }
      await expectFault {
        try await journal.enroll(
          JournalSamples.entries(1...2), uidValidity: JournalSamples.generation, in: stranger)
      }
      await expectFault {
        try await journal.record([.settled(JournalSamples.stored(1))], in: stranger)
      }
    }
  }
}

/// Expects the journal to call something a fault of the program.
func expectFault(
  _ location: SourceLocation = #_sourceLocation, _ call: () async throws -> Void
) async {
  let error = await #expect(throws: SyncError.self, sourceLocation: location) {
    try await call()
  }
  #expect(error?.cause == .internalFault, sourceLocation: location)
}
