// mailmove: what every key book promises.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SQLiteJournal
import SyncEngine
import Testing

/// The key books that have to pass the contract.
enum KeyBookKind: CaseIterable, Sendable {
  case passing, memory, sqlite

  func with(_ test: (any KeyBook) async throws -> Void) async throws {
    switch self {
    case .passing: try await test(PassingKeyBook())
    case .memory: try await test(MemoryJournal())
    case .sqlite:
      let folder = try TemporaryFolder()
      let journal = try SQLiteJournal.open(
        at: folder.file("job.sqlite"),
        job: JobIdentity(source: "pop3://a@old.example", target: "imap://a@new.example"))
      try await test(journal)
      try journal.close()
    }
  }
}

@Suite struct KeyBookContract {
  private func given(_ book: any KeyBook, _ names: String?...) async throws -> [UInt32] {
    try await book.numbers(for: names, of: .inbox).map(\.rawValue)
  }

  @Test(arguments: KeyBookKind.allCases)
  func aNameKeepsItsNumberAndNewOnesGoUp(_ kind: KeyBookKind) async throws {
    try await kind.with { (book: any KeyBook) async throws in
      #expect(try await given(book, "a", "b", "c") == [1, 2, 3])
      #expect(try await given(book, "c", "d", "a", "d") == [3, 4, 1, 4])
      #expect(try await given(book) == [])
    }
  }

  @Test(arguments: KeyBookKind.allCases)
  func whatCannotBeKnownAgainGetsANewNumberEachTime(_ kind: KeyBookKind) async throws {
    try await kind.with { (book: any KeyBook) async throws in
      #expect(try await given(book, nil, "a", nil) == [1, 2, 3])
      #expect(try await given(book, nil, "a") == [4, 2])
      #expect(try await given(book, "b") == [5])
    }
  }

  @Test(arguments: KeyBookKind.allCases)
  func eachMailboxIsNumberedByItself(_ kind: KeyBookKind) async throws {
    try await kind.with { (book: any KeyBook) async throws in
      #expect(try await given(book, "a", "b") == [1, 2])
      let other = MailboxName(wire: "Other")
      #expect(try await book.numbers(for: ["b", "a"], of: other) == [UID(1), UID(2)])
      #expect(try await given(book, "b", "a") == [2, 1])
    }
  }

  @Test func namesThatDifferInAnythingAreDifferent() async throws {
    for kind in KeyBookKind.allCases {
      try await kind.with { (book: any KeyBook) async throws in
        #expect(try await given(book, "a", "A", "a ", "", "a") == [1, 2, 3, 4, 1])
      }
    }
  }

  @Test func numbersDoNotBeginAgain() throws {
    var full = KeyNumbering(last: .max - 1, known: ["old": UID(7)])
    let given = try full.numbers(for: ["new", "old"])
    #expect(given.uids == [UID(.max), UID(7)])
    let error = #expect(throws: SyncError.self) { try full.numbers(for: [nil]) }
    #expect(error?.scope == .run)
  }
}
