// mailmove: a world with two accounts.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SQLiteJournal
import SyncEngine
import Synchronization

/// A world with two accounts, and what people and other programs do in it.
final class World: Sendable {
  /// What became of the target while mailmove did not do it.
  struct Traces: Sendable {
    /// Copies that are gone, by mailbox and serial number.
    var gone: [(mailbox: MailboxName, serial: Int, token: Int)] = []
    /// Messages that were changed.
    var touched: Set<Int> = []
    /// Mail that people took to another place with its mailbox.
    var carriedOff: Set<Int> = []
    /// Mail that came back with a backup.
    var broughtBack: Set<Int> = []
    /// What the source held after each thing that happened.
    var sources: [[MailboxName: FakeAccount.Box]] = []
    /// What the target held then.
    var targets: [[MailboxName: FakeAccount.Box]] = []
  }

  struct Memory {
    var clock: Int64 = 0
    var serials: [[UInt8]] = []
    var namesMade = 0
    var backups: [Side: FakeAccount.Backup] = [:]
    /// The source was put back, so that its UIDs may be used again.
    var isPutBack = false
    var traces = Traces()
    /// Messages that mailmove may have taken from the source, and the mailboxes in which it marked
    /// them: one that is moved by people may be marked again in another.
    var removed: [Int: Set<MailboxName>] = [:]
    /// Messages that may have the mark by which mailmove removes, also by being copies of one.
    var marked: Set<Int> = []
  }

  let habits: WorldHabits
  let source: FakeAccount
  let target: FakeAccount
  /// The target where it is no account.
  let shelf: ArchiveShelf?
  /// Where the source is read where it is an archive.
  let nightly: NightlyArchive?
  let journal: any Journal & KeyBook
  let temper = Temper()
  private let folder: WorldFolder?
  private let memory = Mutex(Memory())

  static let names = ["Work", "Kunden", "Projekte"].map { MailboxName(wire: $0) }
  /// The same word for people, in NFC and in NFD.
  static let twins = ["Caf&AOk-", "Cafe&AwE-"].map { MailboxName(wire: $0) }

  init(_ habits: WorldHabits) throws {
    self.habits = habits
    let needsFolder =
      habits.targetKind == .archive || habits.sourceKind == .archive || habits.hasLedgerFile
    let folder = needsFolder ? try WorldFolder() : nil
    shelf = habits.targetKind == .archive ? folder.map { ArchiveShelf(in: $0) } : nil
    nightly = habits.sourceKind == .archive ? folder.map { NightlyArchive(in: $0) } : nil
    if habits.hasLedgerFile, let folder {
      journal = try SQLiteJournal.open(
        at: folder.path + "/ledger.sqlite",
        job: JobIdentity(source: "imaps://a@old.example", target: "imaps://a@new.example"))
    } else {
      journal = MemoryJournal(now: Plan.ageLimit + 1)
    }
    self.folder = folder
    source = habits.account(.source, temper)
    target = habits.account(.target, temper)
    guard habits.sourceKind != .maildrop else { return }
    for name in Self.names.prefix(habits.mailboxes) { source.create(name) }
    if habits.hasTwins { for name in Self.twins { source.create(name) } }
  }

  /// To be called when the world has come to its end.
  func end() { try? (journal as? SQLiteJournal)?.close() }

  func account(_ side: Side) -> FakeAccount { side == .source ? source : target }

  /// The bytes that were delivered under a number.
  func original(_ serial: Int) -> [UInt8]? {
    memory.withLock { $0.serials.indices.contains(serial) ? $0.serials[serial] : nil }
  }

  /// What has happened at the target since this was last asked.
  func takeTraces() -> Traces {
    memory.withLock { memory in
      defer { memory.traces = Traces() }
      return memory.traces
    }
  }

  /// Mailmove is about to take messages from the source, or to mark them there.
  func noteRemoval(of tokens: [Int], from name: MailboxName) {
    memory.withLock { memory in
      memory.marked.formUnion(tokens)
      for token in tokens { memory.removed[token, default: []].insert(name) }
    }
  }

  /// Messages of the source that may have the mark by which mailmove removes.
  var marked: Set<Int> { memory.withLock { $0.marked } }

  /// Nobody can tell a mailbox of the source and its mail from others: what was there is gone.
  func makeUnknown(_ name: MailboxName) {
    let known = source.boxes[name]?.messages.mapValues(\.token) ?? [:]
    source.reidentify(name)
    let now = source.boxes[name]?.messages.mapValues(\.token) ?? [:]
    memory.withLock { memory in
      for (uid, token) in known {
        memory.removed[token, default: []].insert(name)
        guard memory.marked.contains(token), let new = now[uid] else { continue }
        memory.marked.insert(new)
      }
    }
  }

  /// How many messages mailmove may have taken from the source or marked there.
  var removals: Int { memory.withLock { $0.removed.values.reduce(0) { $0 + max(1, $1.count) } } }

  /// Does something and says what, as a person would; nil where there was nothing to do it to.
  func perform(_ act: Act) -> String? {
    memory.withLock { memory in
      memory.clock += 1_000
      source.advance(clock: memory.clock)
      target.advance(clock: memory.clock)
      let before = target.boxes
      let held = Self.tokens(source)
      let told = perform(act, &memory)
      // What people take away before mailmove gets to it is gone as well.
      for token in held.subtracting(Self.tokens(source)) {
        memory.removed[token] = memory.removed[token] ?? []
      }
      note(before, act, &memory.traces)
      memory.traces.sources.append(source.boxes)
      memory.traces.targets.append(target.boxes)
      return told
    }
  }

  /// What an account shows.
  private static func tokens(_ account: FakeAccount) -> Set<Int> {
    Set(account.boxes.values.flatMap(\.tokens))
  }

  private func note(
    _ before: [MailboxName: FakeAccount.Box], _ act: Act, _ traces: inout Traces
  ) {
    let after = target.boxes
    if case .restore(.target, _) = act {
      let old = Set(before.values.flatMap(\.messages.values).map(\.token))
      let now = after.values.flatMap(\.messages.values).map(\.token)
      traces.broughtBack.formUnion(Set(now).subtracting(old))
    }
    let flags = Dictionary(
      after.values.flatMap(\.messages.values).map { ($0.token, $0.flags) },
      uniquingKeysWith: { first, _ in first })
    for (name, box) in before {
      let now = after[name]
      let left = Set(now?.messages.values.map(\.token) ?? [])
      for message in box.messages.values {
        if flags[message.token] ?? message.flags != message.flags {
          traces.touched.insert(message.token)
        }
        if !left.contains(message.token), let serial = Mail.serial(message.bytes) {
          traces.gone.append((name, serial, message.token))
        }
      }
      guard now?.identity != box.identity else { continue }
      traces.carriedOff.formUnion(box.messages.values.map(\.token))
    }
  }

  private func perform(_ act: Act, _ memory: inout Memory) -> String? {
    guard isPossible(act) else { return nil }
    return switch act {
    case .deliver(let side, let box, let letter): deliver(letter, side, box, &memory)
    case .flag(let side, let box, let message, let flag): self.flag(side, box, message, flag)
    case .move(let side, let box, let message, let to):
      copy(side, box, message, to, moving: true, &memory)
    case .copy(let side, let box, let message, let to):
      copy(side, box, message, to, moving: false, &memory)
    case .expunge(let side, let box, let message): expunge(side, box, message)
    case .empty(let side, let box): empty(side, box)
    case .make(let side): make(side, &memory)
    case .rename(let side, let box): rename(side, box, &memory)
    case .swap(let side, let box, let other): swap(side, box, other, memory.clock)
    case .delete(let side, let box): delete(side, box, again: false)
    case .remake(let side, let box): delete(side, box, again: true)
    case .hide(let box): hide(box, memory)
    case .unhide: unhide()
    case .backUp(let side): backUp(side, &memory)
    case .restore(let side, let isRefilled): restore(side, isRefilled, &memory)
    case .loseIndexes(let side): loseIndexes(side)
    case .renumber(let side, let box): renumber(side, box)
    case .earlierTool(let box, let count, let marks): earlierTool(box, count, marks)
    case .unmount: shelf?.unmount() == true ? "target: the disk is unmounted" : nil
    case .mount: shelf?.mount() == true ? "target: the disk is mounted again" : nil
    case .moveArchive(let asLink): moveArchive(asLink)
    case .damage(let segment, let byte): shelf?.damage(segment, byte)
    case .cutShort(let message, let cut): cutShort(message, cut)
    case .makeWhole: makeWhole()
    case .refuse(let count, let words): refuse(count, words)
    case .takeAgain: takeAgain()
    }
  }

  /// Nobody puts another archive in the place of one that is being written.
  func performMeanwhile(_ act: Act) -> String? {
    switch act {
    case .restore(.target, _), .unmount, .mount, .moveArchive, .damage:
      shelf == nil ? perform(act) : nil
    case .restore(.source, _), .backUp(.source): nightly == nil ? perform(act) : nil
    default: perform(act)
    }
  }

  /// A maildrop has INBOX alone, and nobody writes to an archive.
  private func isPossible(_ act: Act) -> Bool {
    switch act {
    case .backUp, .restore, .unmount, .mount, .moveArchive, .damage, .hide, .unhide: true
    // Which of two copies under one header is whose, only the originals tell where the target
    // rewrites them and tells no UIDs (decision 0030).
    case .cutShort, .makeWhole:
      habits.sourceKind == .maildrop && (habits.tellsUIDs || !habits.rewrites)
    case .refuse, .takeAgain: shelf == nil
    case .make(let side): side == .source ? habits.sourceKind == .imap : shelf == nil
    case .rename(.source, _), .swap(.source, _, _), .delete(.source, _), .remake(.source, _):
      habits.sourceKind != .archive
    // Where one UIDVALIDITY is for all, equal numbers would be all there is to see.
    case .loseIndexes(.source):
      habits.sourceKind == .imap && habits.source.isRecognisable
    case .loseIndexes(.target): shelf == nil && habits.target.isRecognisable
    // A server that has one UIDVALIDITY for all never gives another.
    case .renumber(.source, _):
      habits.sourceKind == .maildrop
        || habits.sourceKind == .imap && habits.source.givesOwnUIDValidity
    case .earlierTool: shelf == nil
    case .deliver(let side, _, _), .flag(let side, _, _, _), .move(let side, _, _, _),
      .copy(let side, _, _, _), .expunge(let side, _, _), .empty(let side, _),
      .rename(let side, _), .swap(let side, _, _), .delete(let side, _), .remake(let side, _),
      .renumber(let side, _):
      side == .source || shelf == nil
    }
  }

  // MARK: Choosing

  func box(_ side: Side, _ number: Int) -> MailboxName? {
    Self.choose(number, from: account(side).names)
  }

  /// INBOX can neither be renamed nor deleted.
  func movable(_ side: Side, _ number: Int) -> MailboxName? {
    Self.choose(number, from: account(side).names.filter { !$0.isInbox })
  }

  func message(_ side: Side, _ box: Int, _ number: Int) -> (MailboxName, UID)? {
    guard let name = self.box(side, box), let uids = account(side).boxes[name]?.uids,
      let uid = Self.choose(number, from: uids)
    else { return nil }
    return (name, uid)
  }

  static func choose<Element>(_ number: Int, from all: [Element]) -> Element? {
    all.isEmpty ? nil : all[number % all.count]
  }

  func text(_ side: Side, _ name: MailboxName, _ uid: UID) -> String {
    let bytes = account(side).boxes[name]?.messages[uid]?.bytes ?? []
    return "mail \(Mail.serial(bytes).map(String.init) ?? "?") in \(name) (UID \(uid))"
  }
}
