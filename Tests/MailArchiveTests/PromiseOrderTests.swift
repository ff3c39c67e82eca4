// mailmove: nobody is told of a message before it is on disk.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@testable import MailArchive
@testable import MailEndpoints

/// Something that was said about messages, and how many operations the storage had done by then.
private struct Saying: Sendable {
  let what: String
  let messages: Set<SHA256Digest>
  let operations: Int
}

@Suite("What is said about a message that goes into an archive")
struct PromiseOrderTests {
  private static let seedsPerSaying: UInt64 = 4
  /// Small, so that commits are made while messages come in, too.
  private static let messagesInACommit = 5

  private func door(to storage: MemoryStorage) -> ArchiveDoor {
    let place = ArchivePlace(path: "/in/memory", account: nil, side: .target)
    return ArchiveDoor(place) { _ throws(ArchiveError) in
      var limits = CommitLimits()
      limits.messages = Self.messagesInACommit
      return try await ArchiveWriter.open(
        storage, catalog: .memory, limits: limits, clock: { ArchiveScript.now })
    }
  }

  private func connect(_ door: ArchiveDoor) async throws -> ArchiveTarget {
    try await ArchiveTarget.connect(
      door, label: "anna@example.org", origin: EndpointURL("imaps://anna@example.org"))
  }

  private static let letters = (1...23).map { number in
    "Message-ID: <\(number)@example.org>\r\nSubject: \(number)\r\n\r\n"
      + String(repeating: "line of letter \(number)\r\n", count: number * 7)
  }

  private static func digest(_ letter: String) -> SHA256Digest {
    SHA256Digest(of: Array(letter.utf8))
  }

  /// What was said of messages that a loss of power just then could have taken away.
  private func broken(_ sayings: [Saying], _ storage: MemoryStorage) async throws -> [String] {
    var broken: [String] = []
    for saying in sayings {
      let loss = PowerLoss(after: storage.log.prefix(saying.operations))
      for seed in 0..<Self.seedsPerSaying {
        var generator = SeededGenerator(seed: seed)
        let left = try await digests(in: loss.image(using: &generator))
        if !saying.messages.isSubset(of: left) { broken.append("\(saying.what), seed \(seed)") }
      }
    }
    return broken
  }

  /// An archive that cannot be opened any more has nothing.
  private func digests(in image: DiskImage) async throws -> Set<SHA256Digest> {
    do {
      let writer = try await ArchiveWriter.open(
        MemoryStorage(image), catalog: .memory, createIfMissing: false,
        clock: { ArchiveScript.now })
      let dump = try await ArchiveDump(writer.reader())
      await writer.abandon()
      return Set(dump.lines.map(\.digest))
    } catch is ArchiveError {
      return []
    }
  }

  /// Appends all letters and notes each receipt when it is given.
  private func receipts(on storage: MemoryStorage) async throws -> [Saying] {
    let door = door(to: storage)
    let target = try await connect(door)
    let mailbox = try await target.open(JournalSamples.mailbox("INBOX"), lastKnown: nil)
    var sayings: [Saying] = []
    func note(_ results: [AppendResult], _ what: String) {
      let stored = results.compactMap { result -> SHA256Digest? in
        guard case .stored = result.verdict else { return nil }
        return Self.digest(Self.letters[Int(result.key.uid.rawValue) - 1])
      }
      guard !stored.isEmpty else { return }
      sayings.append(Saying(what: what, messages: Set(stored), operations: storage.log.count))
    }
    for (index, letter) in Self.letters.enumerated() {
      let uid = UInt32(index + 1)
      let message = Message(
        key: JournalSamples.key(uid), entry: JournalSamples.entry(uid), bytes: Array(letter.utf8))
      note(try await target.append(message, to: mailbox), "receipt after letter \(uid)")
    }
    note(try await target.settle(), "receipt at the end")
    await target.close()
    _ = try await door.close()
    return sayings
  }

  @Test("a receipt is given only for what is on disk")
  func receiptsComeAfterTheCommit() async throws {
    let storage = MemoryStorage()
    let sayings = try await receipts(on: storage)
    #expect(sayings.count > 3)
    #expect(Set(sayings.flatMap(\.messages)) == Set(Self.letters.map(Self.digest)))
    #expect(try await broken(sayings, storage) == [])
  }

  @Test(
    "a receipt that came too early would be noticed",
    arguments: [
      MemoryStorage.Mutant.segmentsNotSynchronized, .journalNotSynchronized,
      .directoriesNotSynchronized,
    ])
  func mutantsAreNoticed(_ mutant: MemoryStorage.Mutant) async throws {
    let storage = MemoryStorage(mutant: mutant)
    let sayings = try await receipts(on: storage)
    #expect(try await !broken(sayings, storage).isEmpty)
  }

  @Test("the ledger and the source hear of it only when it is on disk")
  func ledgerAndSourceComeAfterTheArchive() async throws {
    let storage = MemoryStorage()
    let source = FakeAccount()
    for letter in Self.letters { source.deliver(letter) }
    let said = Mutex<[(what: String, messages: Int, operations: Int)]>([])
    let note = { @Sendable (what: String, messages: Int) in
      let operations = storage.log.count
      said.withLock { $0.append((what, messages, operations)) }
    }
    let settled = Mutex(0)
    let door = door(to: storage)
    var options = RunOptions()
    options.removal = Removal(confirmed: Self.letters.count)
    let report = await Run(
      endpoints: RunEndpoints(
        connectSource: { FakeSource(source) },
        connectTarget: { try await connect(door) },
        connectRemover: {
          FakeRemover(source, crash: CrashPoint()) { request in
            if request.hasPrefix("remove ") { note(request, Self.letters.count) }
          }
        }),
      journal: MemoryJournal(), rules: MappingRules(), options: options,
      pacing: Scenario.instant,
      observer: { event in
        guard case .settled(_, let messages, _) = event else { return }
        let sum = settled.withLock { sum in
          sum += messages
          return sum
        }
        note("on record in the ledger", sum)
      }
    ).run()
    #expect(report.failure == nil, "\(String(describing: report.failure))")
    #expect(source.contents().isEmpty)
    let sayings = said.withLock { $0 }
    // How many letters go on record at a time is the scheduler's affair.
    #expect(sayings.contains { $0.what.hasPrefix("remove ") })
    #expect(sayings.contains { $0.what.hasPrefix("on record") })
    for saying in sayings {
      let loss = PowerLoss(after: storage.log.prefix(saying.operations))
      for seed in 0..<Self.seedsPerSaying {
        var generator = SeededGenerator(seed: seed)
        let left = try await digests(in: loss.image(using: &generator))
        #expect(left.count >= saying.messages, "\(saying.what), seed \(seed)")
      }
    }
    _ = try await door.close()
  }
}
