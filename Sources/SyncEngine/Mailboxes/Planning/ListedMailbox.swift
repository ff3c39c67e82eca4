// mailmove: a mailbox in its place in a listing.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A mailbox of a listing with its path taken apart.
struct ListedMailbox: Sendable {
  /// Whose mailbox it is.
  enum Space: Sendable, Equatable {
    case personal
    case otherUsers
    case shared
    /// A view that a server computes from other mailboxes.
    case virtual
  }

  /// A top-level name that is no part of the user's own hierarchy.
  enum Container: Sendable, Equatable {
    /// `[Gmail]` and `[Google Mail]`, where Gmail keeps its own mailboxes, and `[Imap]`, where it
    /// puts what a client created with a name it reserves.
    case gmail
    /// `Mailspring`, which a mail program creates for its own use.
    case client
    /// Proton's `Folders`.
    case folders
    /// Proton's `Labels`.
    case labels
  }

  let mailbox: Mailbox
  let path: MailboxPath
  let space: Space
  let container: Container?
  /// Leading segments that are no part of the user's hierarchy: a namespace prefix or a container.
  let dropped: Int
  /// The paths in the listing that are the same to read as another one.
  var pathTwins = PathTwins([])

  /// The segments of the user's own hierarchy; never empty.
  var segments: ArraySlice<MailboxPath.Segment> { path.segments.dropFirst(dropped) }

  var texts: [String] { segments.map(\.text) }

  var isInbox: Bool { mailbox.name.isInbox }

  /// The two paths by which rules know it.
  var ruleTexts: [String] {
    dropped == 0 ? [path.text] : [path.text, MailboxPath.text(of: texts)]
  }

  /// Whether a path that somebody typed means this mailbox.
  func isMeant(by typed: String) -> Bool {
    ruleTexts.contains { pathTwins.isMeant($0, by: typed) }
  }

  /// Whether a pattern that somebody typed means this mailbox.
  func isMeant(by glob: Glob) -> Bool {
    ruleTexts.contains { glob.means($0, twins: pathTwins.twins(of: $0)) }
  }

  var messages: Int64? { mailbox.status?.messages }
}
