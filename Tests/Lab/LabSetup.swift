// mailmove: what two servers are to be like.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

/// What the two servers of a laboratory are to be like.
struct LabSetup {
  /// Both spell mailboxes alike and have easy passwords, so that other tools need no settings for
  /// what is not measured.
  var isPlain = false
  /// Empty accounts at the new server besides the first, named `run-1` and so on.
  var accounts = 0
  /// Whether the new server forces mail to the disk before it says OK.
  var fsync = false
  /// Capabilities the new server does not tell.
  var lacking: Set<String> = []

  init() {}

  init(_ arguments: LabArguments) throws {
    isPlain = arguments.values["layout"] == "same"
    accounts = try arguments.number("accounts", default: 0)
    fsync = arguments.values["fsync"] == "yes"
    lacking = Set((arguments.values["lacking"] ?? "").split(separator: ",").map(String.init))
  }

  func options(_ side: LabPair.Side) -> DovecotOptions {
    var options = DovecotOptions()
    options.lifetime = .untilStopped
    options.users = [user(side)]
    switch side {
    case .old:
      guard !isPlain else { break }
      // It spells mailboxes as servers did twenty years ago and knows no special use.
      options.delimiter = "."
      options.prefix = "INBOX."
    case .new:
      let password = options.users[0].password
      options.users.append(DovecotOptions.User(name: "restored", password: password))
      options.users += (0..<accounts).map {
        DovecotOptions.User(name: "run-\($0 + 1)", password: password)
      }
      options.specialMailboxes = isPlain ? [] : DovecotOptions.englishSpecialMailboxes
      options.fsync = fsync
      if !lacking.isEmpty {
        let kept = Self.capabilities.filter { !lacking.contains($0) }
        options.capabilities = kept.joined(separator: " ")
      }
    }
    return options
  }

  private func user(_ side: LabPair.Side) -> DovecotOptions.User {
    switch (side, isPlain) {
    case (.old, false):
      DovecotOptions.User(name: "hanna@alt.example", password: "Größe \"7½\" {ja}\\nein")
    case (.new, false): DovecotOptions.User(name: "hanna", password: "ein neues & längeres")
    case (.old, true): DovecotOptions.User(name: "old", password: "easy")
    case (.new, true): DovecotOptions.User(name: "new", password: "easy")
    }
  }

  /// What Dovecot 2.3 says of itself, as far as a mailbox move may use it.
  private static let capabilities = [
    "IMAP4rev1", "SASL-IR", "LOGIN-REFERRALS", "ID", "ENABLE", "IDLE", "MULTIAPPEND", "UNSELECT",
    "CHILDREN", "NAMESPACE", "UIDPLUS", "LIST-EXTENDED", "CONDSTORE", "QRESYNC", "ESEARCH",
    "LIST-STATUS", "MOVE", "STATUS=SIZE", "LITERAL+", "SPECIAL-USE",
  ]
}
