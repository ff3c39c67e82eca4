// mailmove: mail, faults and logs for tests of runs.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization

/// Mail that differs by its number.
enum Letter {
  static func text(_ number: Int, body: String = "hello") -> String {
    "Message-ID: <\(number)@example.org>\r\nDate: Tue, 3 Feb 2009 09:07:00 +0100\r\n"
      + "From: a@example.org\r\nSubject: number \(number)\r\n\r\n\(body) \(number)\r\n"
  }

  /// An account with that many letters in its INBOX, under the UIDs 1 and up.
  static func account(_ count: Int, habits: FakeAccount.Habits = FakeAccount.Habits())
    -> FakeAccount
  {
    let account = FakeAccount(habits: habits)
    for number in 0..<count { account.deliver(text(number + 1)) }
    return account
  }
}

/// What was asked of one side, in order.
final class RequestLog: Sendable {
  private let requests = Mutex<[String]>([])

  var all: [String] { requests.withLock { $0 } }

  /// Notes a request; returns how often it has been made by now.
  @discardableResult
  func note(_ request: String) -> Int {
    requests.withLock { requests in
      requests.append(request)
      return requests.count { $0 == request }
    }
  }

  func count(_ prefix: String) -> Int { all.count { $0.hasPrefix(prefix) } }
}

extension FakeAccount {
  /// The texts in a mailbox, sorted: two accounts with the same ones hold the same mail.
  func texts(of name: MailboxName = .inbox) -> [String] {
    contents(of: name).map { String(decoding: $0.bytes, as: UTF8.self) }.sorted()
  }

  /// The flags in a mailbox in the order of its UIDs.
  func flags(of name: MailboxName = .inbox) -> [FlagSet] { contents(of: name).map(\.flags) }

  /// Changes flags as a user would.
  func setFlags(_ flags: FlagSet, of uid: UInt32) throws {
    try change(.inbox) { box in
      box.modSeq += 1
      box.messages[UID(uid)]?.flags = flags
      box.messages[UID(uid)]?.modSeq = box.modSeq
    }
  }
}

extension SyncError {
  static func lost(_ side: Side) -> SyncError {
    SyncError(.connectionLost, scope: .connection, remedy: .retry(after: nil), side: side)
  }

  static let refused = SyncError(
    .messageRefused, scope: .message, remedy: .skip, side: .target, detail: "NO not this one")

  static let full = SyncError(
    .targetFull, scope: .endpoint, remedy: .stop, side: .target, detail: "OVERQUOTA")
}

extension Scenario {
  /// Everything on record about the first mailbox.
  func records() async throws -> [MessageRecord] {
    guard let pair = try await journal.pairs().first(where: { $0.mapped.source.isInbox }) else {
      return []
    }
    return try await journal.records(of: pair)
  }
}
