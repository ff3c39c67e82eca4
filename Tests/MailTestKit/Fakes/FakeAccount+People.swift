// mailmove: what people and their other programs do to an account in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Synchronization

extension FakeAccount {
  /// All of an account, as it was copied on some evening.
  package struct Backup: Sendable {
    package let boxes: [MailboxName: Box]
  }

  package func backup() -> Backup { Backup(boxes: boxes) }

  /// Puts everything back, numbers included; time and the UIDVALIDITY of new mailboxes go on.
  package func restore(_ backup: Backup) { state.withLock { $0.boxes = backup.boxes } }

  package func advance(clock: Int64) { state.withLock { $0.clock = max($0.clock, clock) } }

  package func rename(_ name: MailboxName, to other: MailboxName) {
    state.withLock { state in
      guard state.boxes[other] == nil, let box = state.boxes.removeValue(forKey: name) else {
        return
      }
      state.boxes[other] = box
    }
  }

  package func swap(_ name: MailboxName, _ other: MailboxName) {
    state.withLock { state in
      guard let first = state.boxes[name], let second = state.boxes[other] else { return }
      state.boxes[name] = second
      state.boxes[other] = first
    }
  }

  /// Flags that are set are taken away, the others are set.
  package func toggle(_ flags: FlagSet, of uid: UID, in name: MailboxName) {
    edit(name) { box, clock in
      guard let now = box.visible(uid)?.flags else { return }
      box.messages[uid]?.flags = now.union(flags).subtracting(now.intersection(flags))
      let modSeq = box.nextModSeq(clock)
      box.messages[uid]?.modSeq = modSeq
    }
  }

  /// UIDs are not given again; HIGHESTMODSEQ counts an EXPUNGE too (RFC 7162, 3.2.7).
  package func expunge(_ uids: [UID], in name: MailboxName) {
    edit(name) { box, clock in
      for uid in uids where box.visible(uid) != nil { box.messages[uid] = nil }
      _ = box.nextModSeq(clock)
    }
  }

  /// COPY, or MOVE where the original is expunged too: another message with the same bytes.
  package func copy(_ uid: UID, in name: MailboxName, to other: MailboxName, moving: Bool) {
    state.withLock { state in
      guard var message = state.boxes[name]?.visible(uid), state.boxes[other] != nil else { return }
      message.author = .person
      _ = state.store(message, in: other)
    }
    if moving { expunge([uid], in: name) }
  }

  /// The same messages under new UIDs and a new UIDVALIDITY, in another order.
  package func renumber(_ name: MailboxName) {
    state.withLock { state in
      guard var box = state.boxes[name] else { return }
      let messages = box.messages.sorted { $0.key > $1.key }
      state.boxesMade += 1
      box.uidValidity = UIDValidity(Int64(5_000 + state.boxesMade))
      let hidden = box.hidden
      box.messages = [:]
      box.hidden = []
      for (index, (old, message)) in messages.enumerated() {
        let uid = UID(UInt32(index + 1))
        box.messages[uid] = message
        if hidden.contains(old) { box.hidden.insert(uid) }
      }
      box.nextUID = UInt32(messages.count + 1)
      _ = box.nextModSeq(state.clock)
      state.boxes[name] = box
    }
  }

  /// All that is remembered of mod-sequences is gone; UIDs and UIDVALIDITY stay.
  package func loseIndexes() {
    state.withLock { state in
      for name in state.boxes.keys {
        state.boxes[name]?.modSeq = 1
        for uid in state.boxes[name]?.messages.keys.sorted() ?? [] {
          state.boxes[name]?.messages[uid]?.modSeq = 1
        }
      }
    }
  }

  /// Nobody can tell that these are the mailbox and the messages from before.
  package func reidentify(_ name: MailboxName) {
    state.withLock { state in
      guard state.boxes[name] != nil else { return }
      state.boxesMade += 1
      state.boxes[name]?.identity = state.boxesMade
      for uid in state.boxes[name]?.messages.keys.sorted() ?? [] {
        state.messagesMade += 1
        state.boxes[name]?.messages[uid]?.token = state.messagesMade
      }
    }
  }

  private func edit(_ name: MailboxName, _ body: (inout Box, Int64) -> Void) {
    state.withLock { state in
      guard var box = state.boxes[name] else { return }
      body(&box, state.clock)
      state.boxes[name] = box
    }
  }
}
