// mailmove: flags that a server drops while it says OK.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// Looks at the flags of what was appended, at servers known to drop some without a word; sets
  /// what is missing, and puts on the receipt what is missing even then.
  ///
  /// One FETCH for many messages, with nothing under way. Without UIDs there is nothing to ask for.
  func completeFlags(in mailbox: TargetMailbox) throws {
    let sent = appending.unproven
    appending.unproven = [:]
    var wanted: [UID: FlagSet] = [:]
    for result in appending.results {
      if case .stored(let receipt) = result.verdict, let uid = receipt.uid {
        wanted[uid] = sent[result.key]
      }
    }
    guard !wanted.isEmpty else { return }
    let missing = try flagsMissing(of: wanted, in: mailbox)
    guard !missing.isEmpty else { return }
    _ = try store(
      missing.map { FlagChange(uid: $0.key, add: $0.value, remove: .none) }, in: mailbox)
    let dropped = try flagsMissing(of: missing, in: mailbox)
    appending.results = appending.results.map { $0.conceding(dropped) }
  }

  private func flagsMissing(of wanted: [UID: FlagSet], in mailbox: TargetMailbox) throws
    -> [UID: FlagSet]
  {
    _ = try open(mailbox.name, readOnly: false)
    var missing: [UID: FlagSet] = [:]
    for part in UIDSet(wanted.keys).lines(of: family.commandBytesMax) {
      for entry in try entries(part, [.uid, .flags]) {
        guard let flags = wanted[entry.uid]?.subtracting(entry.flags), !flags.isEmpty else {
          continue
        }
        missing[entry.uid] = flags
      }
    }
    return missing
  }
}

extension AppendResult {
  fileprivate func conceding(_ dropped: [UID: FlagSet]) -> AppendResult {
    guard case .stored(let receipt) = verdict, let uid = receipt.uid, let flags = dropped[uid]
    else { return self }
    return AppendResult(
      key: key,
      verdict: .stored(
        Receipt(uid: uid, concessions: receipt.concessions + [.flagsDropped(flags)])))
  }
}
