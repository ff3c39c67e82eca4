// mailmove: where mail is put.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Where mail is put. It can be read as well: that is how copies are found again and proven.
///
/// Every function throws `SyncError`. One task uses a target at a time.
package protocol MailTarget: TargetView {
  /// Opens a mailbox for appending and creates it first if it is missing.
  ///
  /// A server may change the name while creating; the raw name that counts is in the result.
  ///
  /// - Parameter lastKnown: the name the mailbox had when it was last open.
  func open(_ mailbox: MappedMailbox, lastKnown: MailboxName?) async throws -> TargetMailbox

  /// Writes a message; returns what has been answered meanwhile, which may be earlier messages.
  ///
  /// Answers come in no promised order. A refusal is a result, not an error; an error means that
  /// the connection is lost and every unanswered message is in doubt.
  func append(_ message: Message, to mailbox: TargetMailbox) async throws -> [AppendResult]

  /// How long to wait for more messages before `settle` is called for those written: zero where
  /// the answers come by themselves.
  var gathersFor: Duration { get }

  /// Waits until every message written so far has been answered.
  func settle() async throws -> [AppendResult]

  /// Adds and removes flags; a change the target refuses is returned, not thrown.
  func store(_ changes: [FlagChange], in mailbox: TargetMailbox) async throws -> [FlagRefusal]

  func subscribe(to mailbox: TargetMailbox) async throws

  /// Whether the target wants to hear of messages that vanished at the source.
  var notesVanished: Bool { get }

  /// Notes that the originals of messages vanished at the source. The messages stay at the target.
  func noteVanished(_ uids: [UID], in mailbox: TargetMailbox) async throws

  /// Notes that messages whose originals had vanished are listed at the source again.
  func noteListed(_ uids: [UID], in mailbox: TargetMailbox) async throws

  /// What is known of the copies in a mailbox, beside that they are there; nothing of a mailbox
  /// that is missing or has another UIDVALIDITY.
  func condition(of mailbox: MailboxName, uidValidity: UIDValidity) async throws
    -> TargetCondition

  /// Says that messages with the bytes of these damaged copies may take their places, if they are
  /// appended to this target.
  func renew(_ uids: [UID], in mailbox: TargetMailbox) async throws
}

extension MailTarget {
  package var gathersFor: Duration { .zero }
  package var notesVanished: Bool { false }
  package func noteVanished(_ uids: [UID], in mailbox: TargetMailbox) async throws {}
  package func noteListed(_ uids: [UID], in mailbox: TargetMailbox) async throws {}
  package func condition(of mailbox: MailboxName, uidValidity: UIDValidity) async throws
    -> TargetCondition
  { TargetCondition() }
  package func renew(_ uids: [UID], in mailbox: TargetMailbox) async throws {}
}

/// An open target mailbox.
package struct TargetMailbox: Sendable, Equatable {
  /// As the server lists it.
  package let name: MailboxName
  package let uidValidity: UIDValidity
  /// As told or, where the server does not say, computed; nil: nothing can be assumed about where
  /// new messages begin.
  package let uidNext: UID?
  package let messages: Int64
  package let permanentFlags: PermanentFlags
  /// Octets in one message, where the server sets a limit for each mailbox (RFC 7889).
  package let appendLimit: Int64?
  /// The mailbox did not exist before.
  package let wasCreated: Bool
  /// The numbers as the server told them.
  package let numbers: NumberSpace

  package init(
    name: MailboxName, uidValidity: UIDValidity, uidNext: UID?, messages: Int64,
    permanentFlags: PermanentFlags, appendLimit: Int64? = nil, wasCreated: Bool,
    numbers: NumberSpace? = nil
  ) {
    self.numbers = numbers ?? NumberSpace(uidValidity: uidValidity, uidNext: uidNext)
    self.name = name
    self.uidValidity = uidValidity
    self.uidNext = uidNext
    self.messages = messages
    self.permanentFlags = permanentFlags
    self.appendLimit = appendLimit
    self.wasCreated = wasCreated
  }
}

/// What a target will not take.
package struct TargetLimits: Sendable, Equatable {
  /// Octets in one message (APPENDLIMIT, RFC 7889); nil: not announced.
  package var appendLimit: Int64?

  package init(appendLimit: Int64? = nil) { self.appendLimit = appendLimit }

  /// The same with the limit of one mailbox; the smaller one counts.
  package func tightened(by limit: Int64?) -> TargetLimits {
    TargetLimits(appendLimit: [appendLimit, limit].compactMap(\.self).min())
  }
}

/// What is used and allowed (RFC 9208), in octets and messages.
package struct Quota: Sendable, Equatable {
  package var usedBytes: Int64?
  package var limitBytes: Int64?
  package var usedMessages: Int64?
  package var limitMessages: Int64?

  package init(
    usedBytes: Int64? = nil, limitBytes: Int64? = nil, usedMessages: Int64? = nil,
    limitMessages: Int64? = nil
  ) {
    self.usedBytes = usedBytes
    self.limitBytes = limitBytes
    self.usedMessages = usedMessages
    self.limitMessages = limitMessages
  }
}

/// What became of one message that was written to the target.
package struct AppendResult: Sendable {
  package enum Verdict: Sendable {
    case stored(Receipt)
    case refused(SyncError)
  }

  package let key: SourceKey
  package let verdict: Verdict

  package init(key: SourceKey, verdict: Verdict) {
    self.key = key
    self.verdict = verdict
  }
}

/// Proof that the target has stored a message: it said so.
package struct Receipt: Sendable, Equatable {
  /// From APPENDUID (RFC 4315); nil where the server does not tell.
  package let uid: UID?
  /// What had to be given up so that the target would take the message.
  package let concessions: [Concession]

  package init(uid: UID?, concessions: [Concession] = []) {
    self.uid = uid
    self.concessions = concessions
  }
}

/// One thing that the target could not keep; the message itself is whole.
package enum Concession: Sendable, Equatable, CustomStringConvertible {
  case flagsDropped(FlagSet)
  /// The date the source had; the target was given none or another.
  case dateDropped(InternalDate)
  /// The source had no usable INTERNALDATE; where the one that was sent came from.
  case dateReplaced(from: DateOrigin)

  package enum DateOrigin: String, Sendable {
    case received
    case dateHeader = "date header"
    case now
  }

  package var description: String {
    switch self {
    case .flagsDropped(let flags): "flags not kept: \(flags.names.joined(separator: " "))"
    case .dateDropped(let date): "date not kept: \(date)"
    case .dateReplaced(let origin): "date taken from \(origin.rawValue)"
    }
  }
}

/// Flags to add to and remove from one message.
package struct FlagChange: Sendable, Equatable {
  package let uid: UID
  package let add: FlagSet
  package let remove: FlagSet

  package init(uid: UID, add: FlagSet, remove: FlagSet) {
    self.uid = uid
    self.add = add
    self.remove = remove
  }

  package var isEmpty: Bool { add.isEmpty && remove.isEmpty }
}

/// A flag change the target did not make.
package struct FlagRefusal: Sendable {
  package let uid: UID
  package let error: SyncError

  package init(uid: UID, error: SyncError) {
    self.uid = uid
    self.error = error
  }
}
