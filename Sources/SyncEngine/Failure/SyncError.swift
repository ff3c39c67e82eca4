// mailmove: the one error the engine knows.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What went wrong: how far the damage goes, what to do about it, why, and where.
///
/// It never holds a credential or a byte of mail (invariant 12); server text in it is one line.
package struct SyncError: Error, Sendable, Equatable {
  /// How much is broken.
  package enum Scope: String, Sendable { case message, mailbox, connection, endpoint, run }

  /// What the engine should do.
  package enum Remedy: Sendable, Equatable {
    /// Try again; after this long if the server said so.
    case retry(after: Duration?)
    /// Put it on record and go on.
    case skip
    case stop
  }

  package enum Side: String, Sendable { case source, target, local }

  package let scope: Scope
  package let remedy: Remedy
  package let cause: Cause
  package let side: Side
  package var mailbox: MailboxName?
  package var key: SourceKey?
  /// What the server or the system said, in one line; empty when there is nothing to add.
  package let detail: String
  /// A hint that fits better than the cause's own, when one is known.
  package let specificHint: String?

  package init(
    _ cause: Cause, scope: Scope, remedy: Remedy, side: Side, mailbox: MailboxName? = nil,
    key: SourceKey? = nil, detail: String = "", hint: String? = nil
  ) {
    self.cause = cause
    self.scope = scope
    self.remedy = remedy
    self.side = side
    self.mailbox = mailbox
    self.key = key
    self.detail = Self.oneLine(detail)
    specificHint = hint
  }

  /// What to do next, for the user.
  package var hint: String { specificHint ?? cause.hint }

  package var isInterruption: Bool { cause == .interrupted }

  package func at(mailbox: MailboxName?, key: SourceKey? = nil) -> SyncError {
    var copy = self
    copy.mailbox = mailbox ?? self.mailbox
    copy.key = key ?? self.key
    return copy
  }

  /// The same with the name of the pair's mailbox on its side, unless it names a mailbox already.
  func naming(_ row: MappedMailbox) -> SyncError {
    guard mailbox == nil else { return self }
    return at(mailbox: side == .target ? row.target ?? row.source : row.source)
  }

  /// Whether no more than one mailbox is concerned, so that work can go on with the others.
  var isOfOneMailbox: Bool { scope == .mailbox || scope == .message }

  /// Any error as one of ours: a cancelled task is an interruption, anything unknown is a fault
  /// of the program.
  package static func from(_ error: any Error) -> SyncError {
    if let known = error as? SyncError { return known }
    if error is CancellationError {
      return SyncError(.interrupted, scope: .run, remedy: .stop, side: .local)
    }
    return SyncError(
      .internalFault, scope: .run, remedy: .stop, side: .local, detail: String(describing: error))
  }

  private static let detailLengthMax = 300

  private static func oneLine(_ text: String) -> String {
    let visible = text.unicodeScalars.map { scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? " " : Character(scalar)
    }
    return String(visible.prefix(detailLengthMax))
  }
}

extension SyncError: CustomStringConvertible {
  /// One sentence: what happened, where, and what the other side said about it.
  package var description: String {
    var text = cause.sentence(for: side)
    if let mailbox { text += " in '\(mailbox)'" }
    if let key { text += ", \(key)" }
    if !detail.isEmpty { text += ": \(detail)" }
    return text
  }
}
