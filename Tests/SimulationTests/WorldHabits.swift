// mailmove: what the servers of a world are like.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

/// What the servers of a world are like.
struct WorldHabits: Equatable, Sendable {
  struct Server: Equatable, Sendable {
    var hasModSeq = true
    var listsStatus = true
    var givesOwnUIDValidity = true
    var tellsMailboxID = false
    /// STATUS=SIZE.
    var tellsSize = false
    /// SEARCH, by which it tells all UIDs.
    var searches = true

    /// The numbers of a mailbox tell it from every other one, whatever their names become.
    var isRecognisable: Bool { tellsMailboxID || givesOwnUIDValidity }
  }

  enum SourceKind: String, Sendable {
    case imap = "IMAP"
    case maildrop = "POP3"
    /// An IMAP account that is archived every night; the archive is the source.
    case archive = "an archive"

    /// Records have the UIDs of the account.
    var givesItsUIDs: Bool { self == .imap }
  }

  enum TargetKind: String, Sendable {
    case imap = "IMAP"
    case archive = "an archive"
  }

  var sourceKind = SourceKind.imap
  var targetKind = TargetKind.imap
  var source = Server()
  var target = Server()
  /// UIDPLUS.
  var tellsUIDs = true
  /// MULTIAPPEND.
  var groupMax = 1
  /// It drops the carriage returns of what it is given.
  var rewrites = false
  /// The ledger is a file, as it really is.
  var hasLedgerFile = false
  /// Mailboxes beside INBOX.
  var mailboxes = 1
  /// Two more, whose names differ in their normalisation only.
  var hasTwins = false
  /// They all go into one mailbox of the target.
  var sharesTarget = false

  var rules: MappingRules {
    var rules = MappingRules()
    guard sharesTarget else { return rules }
    rules.moves = World.names.prefix(mailboxes).map {
      MappingRules.Move(from: "\($0)", to: .path("Alles"))
    }
    return rules
  }

  func account(_ side: Side, _ temper: Temper) -> FakeAccount {
    let server = side == .source ? source : target
    var habits = FakeAccount.Habits()
    habits.hasModSeq = server.hasModSeq
    habits.listsStatus = server.listsStatus
    habits.givesOwnUIDValidity = server.givesOwnUIDValidity
    habits.tellsSize = server.tellsSize
    habits.searches = server.searches
    habits.tellsMailboxID = server.tellsMailboxID
    if side == .target {
      habits.tellsUIDs = tellsUIDs
      habits.groupMax = groupMax
      if rewrites { habits.rewrite = { $0.filter { $0 != 13 } } }
      habits.refuse = { _ in temper.refusal() }
    }
    return FakeAccount(habits: habits)
  }
}

extension WorldHabits: CustomStringConvertible {
  var description: String {
    func text(_ name: String, _ server: Server) -> String {
      let words = [
        server.hasModSeq ? "CONDSTORE" : "no CONDSTORE",
        server.listsStatus ? "LIST-STATUS" : "no LIST-STATUS",
        server.givesOwnUIDValidity ? "a UIDVALIDITY for each mailbox" : "one UIDVALIDITY for all",
        server.tellsSize ? "STATUS=SIZE" : "no STATUS=SIZE",
        server.searches ? "SEARCH" : "no SEARCH",
        server.tellsMailboxID ? "MAILBOXID" : "no MAILBOXID",
      ]
      return "\(name): \(words.joined(separator: ", "))"
    }
    var words = [
      sourceKind == .imap ? text("source", source) : "source: \(sourceKind.rawValue)",
      targetKind == .imap ? text("target", target) : "target: an archive",
    ]
    if hasTwins { words.append("two mailboxes of the source are called Café") }
    if hasLedgerFile { words.append("the ledger is a file") }
    if sharesTarget { words.append("all mailboxes beside INBOX go into one") }
    guard targetKind == .imap else { return words.joined(separator: "\n") }
    if !tellsUIDs { words[1] += ", no UIDPLUS" }
    if groupMax > 1 { words[1] += ", answers in groups of \(groupMax)" }
    if rewrites { words[1] += ", drops carriage returns" }
    words[0] += "; \(mailboxes + 1) mailboxes"
    return words.joined(separator: "\n")
  }
}
