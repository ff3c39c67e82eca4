// mailmove: what the operator says about mailboxes.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The operator's word on which mailboxes go where.
///
/// Names are typed decoded and with `/`, whatever the servers use. A source mailbox is known by the
/// path the source lists, and by that path without the server's personal prefix (`INBOX.`).
package struct MappingRules: Sendable, Equatable {
  /// Where a mailbox goes.
  package enum Destination: Sendable, Equatable {
    /// A path at the target.
    case path(String)
    /// The target's mailbox for a role.
    case role(MailboxRole)
  }

  /// One `FROM=TO`; the mailboxes below `from` follow it. It wins over everything else.
  package struct Move: Sendable, Equatable {
    package let from: String
    package let to: Destination

    package init(from: String, to: Destination) {
      self.from = from
      self.to = to
    }
  }

  /// What to do when two source mailboxes would get one name at the target.
  package enum Collision: String, Sendable, CaseIterable {
    /// All but one get ` (2)`, ` (3)`.
    case suffix
    /// Their messages go into one mailbox.
    case merge
    /// No plan is made.
    case fail
  }

  package var moves: [Move] = []
  /// A path at the target below which everything goes; roles are not mapped then.
  package var into: String?
  /// When not empty, only mailboxes that match one of these are copied.
  package var include: [Glob] = []
  /// Mailboxes that are not copied. Wins over `include`.
  package var exclude: [Glob] = []
  /// Copy shared mailboxes and those of other users too.
  package var includesShared = false
  /// Copy mailboxes without messages too.
  package var includesEmpty = true
  /// Put all mailboxes with one role into one mailbox.
  package var mergesRoles = false
  /// Put mailboxes below INBOX at the top, beside those that are there.
  package var liftsInboxChildren = false
  /// Keep Junk and Trash out of the target's own folders for them, which many servers purge.
  package var quarantinesJunkAndTrash = false
  package var onCollision = Collision.suffix
  /// The options whose rules hold for other jobs too, so that here they may have no effect.
  package var shared: Set<IdleRule.Option> = []
  /// Other jobs are run with the same rules: that they select nothing here is no mistake.
  package var maySelectNothing = false

  package init() {}

  /// Whether any mailbox is named by a rule.
  var hasNames: Bool {
    !include.isEmpty || !exclude.isEmpty || !moves.isEmpty || into != nil
  }

  /// Adds a rule as typed on the command line: `FROM=TO`, with `\Sent` and the like for a role at
  /// the target, and `\=` for an equals sign in a name.
  ///
  /// - Throws: ``MappingError`` if it is not of this form.
  package mutating func addMove(_ text: String) throws(MappingError) {
    var parts = [""]
    var isEscaped = false
    for character in text {
      if character == "=", !isEscaped, parts.count == 1 {
        parts.append("")
      } else if character == "=", isEscaped {
        parts[parts.count - 1].removeLast()
        parts[parts.count - 1].append("=")
      } else {
        parts[parts.count - 1].append(character)
      }
      isEscaped = character == "\\"
    }
    guard parts.count == 2, !MailboxPath.typed(parts[0]).isEmpty else {
      throw .malformedMove(text)
    }
    guard parts[1].hasPrefix("\\") else {
      guard !MailboxPath.typed(parts[1]).isEmpty else { throw .malformedMove(text) }
      moves.append(Move(from: parts[0], to: .path(parts[1])))
      return
    }
    guard let role = MailboxRole(attribute: parts[1]), role.treatment == .placed else {
      throw .unknownRole(parts[1])
    }
    moves.append(Move(from: parts[0], to: role == .inbox ? .path("INBOX") : .role(role)))
  }

  /// Checks what does not need a server to be checked.
  package func validate() throws(MappingError) {
    var seen: [ExactText: Destination] = [:]
    for move in moves {
      let from = ExactText(MailboxPath.typed(move.from).joined(separator: "/"))
      if let other = seen[from], other != move.to { throw .contradictoryMoves(move.from) }
      seen[from] = move.to
    }
    if let into, MailboxPath.typed(into).isEmpty { throw .emptyInto }
    if into != nil, moves.contains(where: { if case .role = $0.to { true } else { false } }) {
      throw .roleWithInto
    }
  }

  /// Those mailboxes of a frozen map that `include` and `exclude` let through, by the paths people
  /// know.
  func selected(of rows: [MappedMailbox]) -> [MappedMailbox] {
    let twins = PathTwins(rows.flatMap(\.rulePaths))
    return rows.filter { row in
      let fits = { (glob: Glob) in row.isMeant(by: glob, twins) }
      return !exclude.contains(where: fits) && (include.isEmpty || include.contains(where: fits))
    }
  }

  /// Whether a `--map` names the mailbox itself, which makes it wanted whatever it is.
  func names(_ listed: ListedMailbox) -> Bool {
    moves.contains { listed.isMeant(by: MailboxPath.text(of: MailboxPath.typed($0.from))) }
  }
}

extension MappedMailbox {
  /// What a rule may call it.
  var rulePaths: [String] { [sourcePath, sourcePath.removingInboxPrefix] }

  func isMeant(by glob: Glob, _ twins: PathTwins) -> Bool {
    rulePaths.contains { glob.means($0, twins: twins.twins(of: $0)) }
  }
}

extension String {
  /// What is left below the personal prefix that Courier and Cyrus have.
  fileprivate var removingInboxPrefix: String {
    hasPrefix("INBOX/") ? String(dropFirst("INBOX/".count)) : self
  }
}
