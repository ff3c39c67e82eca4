// mailmove: which messages may be removed from the source.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The messages of one mailbox that may be removed from the source if they can be proven.
package struct RemovalCandidates: Sendable {
  /// A message at the source, its record, and the copy that has to be proven.
  package struct Candidate: Sendable {
    package let record: MessageRecord
    package let original: Entry
    package let copy: Entry
  }

  package let candidates: [Candidate]
  /// Records of messages that stay at the source though they were to be removed, since they have no
  /// copy at the target that could be proven.
  package let withoutCopy: [MessageRecord]
  /// Messages at the source that are others than those on record under their UIDs: mail that came
  /// while the account was put back, and that nothing was done about yet.
  package let strangers: Int
  /// Messages at the source.
  package let listed: Int
  /// Messages that nothing tells apart at the source, so that none of them can be removed by the
  /// record of its copy.
  package let nameless: Int
  /// Records of messages that an earlier run was about to remove and that are gone now.
  package let gone: [MessageRecord]
  /// Nothing shows that the sides are not one mailbox under two addresses, where every message
  /// would be its own copy.
  package let mayBeOneMailbox: Bool

  /// - Parameters:
  ///   - firstSeen: when messages were first listed; asked where a source has no dates of its own,
  ///     so that the sender's word does not decide what is old.
  ///   - proving: copies that prove messages of other mailboxes, which go into the same one.
  package init(
    source: MailboxSnapshot, target: MailboxSnapshot, records: [MessageRecord],
    anchor: TargetAnchor?, removal: Removal, firstSeen: [SourceKey: Int64] = [:],
    proving: Set<UID> = []
  ) {
    let originals = Dictionary(
      source.entries.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
    let copies = Dictionary(
      target.entries.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
    let isSameUIDSpace = anchor?.numbers.isContinued(by: NumberSpace(target.status)) == true
    // A message that is listed under another key, and was not read under it, may be any of them.
    let isCertain = !source.mayListAnew || Self.isRead(source, records)
    var candidates: [Candidate] = []
    var withoutCopy: [MessageRecord] = []
    var gone: [MessageRecord] = []
    var strangers = 0
    // A copy proves one original, whatever the ledger says.
    var used = proving
    for record in records where record.isAtTarget {
      // Under other numbers it may be there all the same.
      guard record.key.uidValidity == source.uidValidity, source.uidValidity.isKnown else {
        continue
      }
      guard let original = originals[record.key.uid] else {
        if record.removal == .proven, isCertain { gone.append(record) }
        continue
      }
      if removal.manner == .flagOnly, record.removal == .flagged { continue }
      guard !RecordDoubt.contradicts(original, record) else {
        strangers += 1
        continue
      }
      let copy = isSameUIDSpace ? record.targetUID.flatMap { copies[$0] } : nil
      let date = original.internalDate ?? record.internalDate ?? copy?.internalDate
      let seen = original.internalDate == nil ? firstSeen[record.key] : nil
      guard removal.concerns(date, seen: seen) else { continue }
      guard let copy, used.insert(copy.uid).inserted else {
        withoutCopy.append(record.kept(original))
        continue
      }
      candidates.append(Candidate(record: record, original: original, copy: copy))
    }
    self.candidates = candidates
    self.withoutCopy = withoutCopy
    self.strangers = strangers
    self.gone = gone
    listed = source.entries.count
    nameless = source.passing.count
    mayBeOneMailbox =
      !candidates.isEmpty && anchor?.isApart != true
      && candidates.allSatisfy { $0.record.state == .alreadyThere }
      && Self.couldBeOne(source, target, copies: candidates.lazy.map(\.copy.uid), originals)
  }

  /// Whether the content of everything that is listed is known.
  private static func isRead(_ source: MailboxSnapshot, _ records: [MessageRecord]) -> Bool {
    let read = Set(records.lazy.filter { $0.digest != nil }.map(\.key))
    return source.entries.allSatisfy {
      read.contains(SourceKey(uidValidity: source.uidValidity, uid: $0.uid))
    }
  }

  /// Whether two mailboxes could be one. Only asked where the target never took a message as a new
  /// one: in one mailbox everything is there already.
  ///
  /// Many servers begin with the same UIDVALIDITY, so that says little by itself. A maildrop has
  /// none, and only the numbers of messages can tell.
  private static func couldBeOne(
    _ source: MailboxSnapshot, _ target: MailboxSnapshot, copies: some Sequence<UID>,
    _ originals: [UID: Entry]
  ) -> Bool {
    if source.traits.contains(.keysMayChange) {
      return target.entries.count <= source.entries.count
    }
    return source.uidValidity == target.uidValidity && copies.allSatisfy { originals[$0] != nil }
  }
}

/// How many messages a run may remove before somebody has to agree.
package enum RemovalCeiling {
  package static let messagesMax = 500
  package static let shareMax = 0.5

  /// Why this many must not be removed; nil when they may.
  ///
  /// - Parameter counts: for each mailbox how many are to go, of how many.
  package static func objection(
    to counts: [(name: MailboxName, going: Int, listed: Int)], confirmed: Int?
  ) -> SyncError? {
    let total = counts.reduce(0) { $0 + $1.going }
    let hint = "if that is meant, add --confirm-deletes \(total); 'mailmove plan' shows them"
    if let confirmed {
      guard total > confirmed else { return nil }
      return error("\(total) messages, agreed to are \(confirmed)", in: nil, hint)
    }
    if total > messagesMax {
      return error("\(total) messages, the ceiling is \(messagesMax)", in: nil, hint)
    }
    let over = counts.first { Double($0.going) > Double($0.listed) * shareMax }
    return over.map { error("\($0.going) of \($0.listed) messages", in: $0.name, hint) }
  }

  private static func error(_ detail: String, in mailbox: MailboxName?, _ hint: String)
    -> SyncError
  {
    SyncError(
      .tooManyRemovals, scope: .run, remedy: .stop, side: .source, mailbox: mailbox,
      detail: detail, hint: hint)
  }
}
