// mailmove: commands about mailboxes.
// SPDX-License-Identifier: Apache-2.0

/// What STATUS can be asked for (RFC 9051, 6.3.11).
package enum StatusItem: String, Sendable, CaseIterable {
  case messages = "MESSAGES"
  case uidNext = "UIDNEXT"
  case uidValidity = "UIDVALIDITY"
  /// RFC 7162.
  case highestModSeq = "HIGHESTMODSEQ"
  /// RFC 8438.
  case size = "SIZE"
  /// RFC 7889.
  case appendLimit = "APPENDLIMIT"
  /// RFC 8474.
  case mailboxID = "MAILBOXID"

  fileprivate static func list(_ items: [StatusItem]) -> String {
    "(" + items.map(\.rawValue).joined(separator: " ") + ")"
  }
}

extension Command {
  /// What an extended LIST returns beside the names (RFC 5258, RFC 5819, RFC 6154).
  package struct ListReturn: Sendable, Equatable {
    package var subscribed: Bool
    package var specialUse: Bool
    package var status: [StatusItem]

    package init(subscribed: Bool = false, specialUse: Bool = false, status: [StatusItem] = []) {
      self.subscribed = subscribed
      self.specialUse = specialUse
      self.status = status
    }

    fileprivate var words: [String] {
      (subscribed ? ["SUBSCRIBED"] : []) + (specialUse ? ["SPECIAL-USE"] : [])
        + (status.isEmpty ? [] : ["STATUS " + StatusItem.list(status)])
    }
  }

  /// All mailboxes; with `RETURN (…)` only if something is to be returned.
  package static func list(returning options: ListReturn = ListReturn()) -> Command {
    let words = options.words.joined(separator: " ")
    return Command(
      "LIST", [.text(" \"\" \"*\"" + (words.isEmpty ? "" : " RETURN (\(words))"))])
  }

  /// The delimiter of the root (RFC 9051, 6.3.9).
  package static let listDelimiter = Command("LIST", [.text(" \"\" \"\"")])
  /// The subscribed names, from servers without LIST-EXTENDED.
  package static let listSubscribed = Command("LSUB", [.text(" \"\" \"*\"")])

  /// STATUS (RFC 9051, 6.3.11); not meant for the mailbox that is selected.
  package static func status(_ mailbox: MailboxName, _ items: [StatusItem]) -> Command {
    Command("STATUS", [.text(" "), .string(mailbox.bytes), .text(" " + StatusItem.list(items))])
  }

  /// CREATE, with a role such as `\Sent` only on servers with CREATE-SPECIAL-USE (RFC 6154, 5.3).
  package static func create(_ mailbox: MailboxName, use role: String? = nil) -> Command {
    Command(
      "CREATE",
      [.text(" "), .string(mailbox.bytes)] + (role.map { [.text(" (USE (\($0)))")] } ?? []))
  }

  /// SUBSCRIBE (RFC 9051, 6.3.7).
  package static func subscribe(_ mailbox: MailboxName) -> Command {
    Command("SUBSCRIBE", [.text(" "), .string(mailbox.bytes)])
  }

  /// SELECT; CONDSTORE is asked for only on servers that have it (RFC 7162, 3.1.8).
  package static func select(_ mailbox: MailboxName, condStore: Bool = false) -> Command {
    opening("SELECT", mailbox, condStore)
  }

  /// EXAMINE: SELECT that changes nothing.
  package static func examine(_ mailbox: MailboxName, condStore: Bool = false) -> Command {
    opening("EXAMINE", mailbox, condStore)
  }

  /// Leaves the mailbox (RFC 3691). CLOSE, which removes what is marked as deleted, does not exist
  /// here.
  package static let unselect = Command("UNSELECT")

  /// RFC 9208.
  package static func quotaRoot(of mailbox: MailboxName) -> Command {
    Command("GETQUOTAROOT", [.text(" "), .string(mailbox.bytes)])
  }

  private static func opening(
    _ name: String, _ mailbox: MailboxName, _ condStore: Bool
  ) -> Command {
    Command(
      name, [.text(" "), .string(mailbox.bytes)] + (condStore ? [.text(" (CONDSTORE)")] : []))
  }
}
