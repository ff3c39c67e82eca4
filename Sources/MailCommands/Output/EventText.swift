// mailmove: events of a run.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import MailWire
import SyncEngine

/// Events of a run, for programs as NDJSON and for people as words.
enum EventText {
  /// The name and the fields of an event, as documented in docs/cli.md.
  static func json(_ event: RunEvent) -> (name: String, fields: [(String, JSON)]) {
    switch event {
    case .planned(let mailboxes, let toCopy):
      return (
        "planned",
        [
          ("mailboxes", JSON(mailboxes)), ("messages", JSON(toCopy?.messages)),
          ("bytes", JSON(toCopy?.bytes)),
        ]
      )
    case .mailboxStarted(let pair, let messages, let bytes):
      let amount: [(String, JSON)] = [("messages", JSON(messages)), ("bytes", JSON(bytes))]
      return ("mailbox-started", fields(of: pair) + amount)
    case .settled(let pair, let messages, let bytes):
      let amount: [(String, JSON)] = [("messages", JSON(messages)), ("bytes", JSON(bytes))]
      return ("settled", fields(of: pair) + amount)
    case .skipped(let pair, let record):
      return ("skipped", fields(of: pair) + fields(of: record))
    case .mailboxFinished(let item): return ("mailbox-finished", fields(of: item))
    case .retrying(let error, let delay, let attempt):
      let milliseconds = Int64((delay / .milliseconds(1)).rounded())
      return (
        "retrying",
        [("attempt", JSON(attempt)), ("after_ms", .number(milliseconds))]
          + ErrorText.fields(error)
      )
    case .notice(let text): return ("notice", [("message", .string(text))])
    case .warning(let text): return ("warning", [("message", .string(text))])
    }
  }

  /// What somebody who watches should read; nil for what the live line shows and for what is told
  /// in any case.
  static func words(_ event: RunEvent) -> String? {
    switch event {
    case .planned, .mailboxStarted, .settled, .skipped, .mailboxFinished, .warning: nil
    case .retrying(let error, let delay, let attempt):
      "\(ErrorText.message(error)); trying again in \(Quantity.time(delay)) (attempt \(attempt))"
    case .notice(let text): "note: \(SafeText.visible(text))"
    }
  }

  static func fields(of pair: MailboxPair) -> [(String, JSON)] {
    [
      ("source", .string(pair.mapped.sourcePath)),
      ("target", JSON(pair.mapped.shownTarget)),
    ]
  }

  static func fields(of record: MessageRecord) -> [(String, JSON)] {
    [
      ("uidvalidity", JSON(record.key.uidValidity.rawValue)),
      ("uid", JSON(record.key.uid.rawValue)), ("size", JSON(record.size)),
      ("cause", JSON(record.reason?.rawValue)), ("note", JSON(record.note)),
    ]
  }

  static func fields(of item: MailboxLineItem) -> [(String, JSON)] {
    let failure: JSON = item.failure.map { .object(ErrorText.fields($0)) } ?? .null
    return fields(of: item.pair) + [
      ("copied", JSON(item.copied)), ("copied_bytes", JSON(item.copiedBytes)),
      ("already_there", JSON(item.alreadyThere)), ("flags_updated", JSON(item.flagsUpdated)),
      ("flags_refused", JSON(item.flagsRefused)), ("skipped", JSON(item.skipped)),
      ("vanished", JSON(item.vanished)),
      ("lost", JSON(item.lost)), ("damaged", JSON(item.damaged)), ("removed", JSON(item.removed)),
      ("kept", JSON(item.kept)),
      ("pending", JSON(item.pending)),
      ("at_target", JSON(item.atTarget)), ("unchanged", .bool(item.wasUnchanged)),
      ("failure", failure),
    ]
  }
}
