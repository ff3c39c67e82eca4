// mailmove: the oracle, which knows the whole history.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

@testable import MailJobs

/// Knows the whole history of a world and asks, after every run, whether all is as it should be.
struct Oracle {
  let world: World
  /// The pair of each mailbox of the source, by its identity, as of the last run.
  private var pairs: [Int: Int64] = [:]
  /// Messages that were ever in a mailbox of the source, by its identity and serial number.
  private var everOf: [Int: [Int: Set<Int>]] = [:]
  /// The same by the mailbox of the target where they belong.
  private var everFor: [MailboxName: [Int: Set<Int>]] = [:]
  /// The same by the source's own name, where an archive keeps it and no run has made the map yet.
  private var unplaced: [MailboxName: [Int: Set<Int>]] = [:]
  /// Flags that a mail ever had at the source.
  private var everSet: [Int: FlagSet] = [:]
  /// The mailbox of the source that a copy was made from.
  private var origins: [Int: Int] = [:]
  /// Copies that people deleted one by one, which no run has to look for (decision 0027).
  private var pardons: [MailboxName: [Int: Int]] = [:]
  /// Copies that others made after a mailbox was done for the first time, by their tokens.
  private var lateForeign: [MailboxName: [Int: Set<Int>]] = [:]
  /// Where the numbers show, before a run, that copies may be gone: what is on record of the target
  /// by the mailbox of the source.
  private var broken: [MailboxName: [MailboxName: TargetAnchor]] = [:]
  private var done: Set<MailboxName> = []
  private var lastToken = 0
  /// Copies that came to their place with its mailbox, since the last run.
  private var carried: Set<Int> = []
  /// Mail of others that came back with a backup of the target, since the last run.
  private var back: Set<Int> = []
  /// Those of the carried ones ever that nobody can tell from what others bring.
  private var carriedUnseen: Set<Int> = []
  private var before: View?
  /// Messages that had the mark of our own removal then.
  private var marked: Set<Int> = []
  /// Another archive was begun while the first, which no ledger knew of yet, was not mounted.
  private var hasTwoArchives = false

  /// More than a world ever gives.
  private static let tokensMax = 1_000_000_000

  init(_ world: World) { self.world = world }

  // MARK: Before a run

  mutating func lookBefore() async throws {
    let ledger = try await View(of: world)
    forgetUnrecognisable(ledger)
    let traces = world.takeTraces()
    for token in traces.carriedOff { origins[token] = nil }
    if world.habits.target.isRecognisable {
      carried.formUnion(traces.carriedOff)
    } else {
      carriedUnseen.formUnion(traces.carriedOff)
    }
    for loss in traces.gone { pardons[loss.mailbox, default: [:]][loss.serial, default: 0] += 1 }
    broken = [:]
    for pair in ledger.pairs {
      guard let anchor = ledger.standings[pair]?.target else { continue }
      // Other mailboxes may go into the same one, and stand on firm ground there.
      guard Self.isBroken(anchor, ledger.target), ledger.source[pair.mapped.source] != nil else {
        continue
      }
      if try await world.journal.records(of: pair).contains(where: \.isAtTarget) {
        broken[anchor.mailbox, default: [:]][pair.mapped.source] = anchor
      }
    }
    let view = try await View(of: world)
    noteForeign(view, onlyIn: done)
    noteCarried(traces.carriedOff.subtracting(carried), view, in: done)
    back = Set(
      view.copies().filter { traces.broughtBack.contains($0.key) && $0.value.message.isForeign }
        .keys)
    noteCarried(back, view, in: done.subtracting(broken.keys))
    before = view
    marked = world.marked
  }

  private static func isBroken(
    _ anchor: TargetAnchor, _ target: [MailboxName: FakeAccount.Box]
  ) -> Bool {
    guard let box = target[anchor.mailbox] else { return true }
    return box.uidValidity != anchor.uidValidity || box.nextUID < anchor.uidNext.rawValue
  }

  /// What people do while a run is on may take away what would have shown it.
  private mutating func forgetMended(_ targets: [[MailboxName: FakeAccount.Box]]) {
    broken = broken.filter { _, anchors in
      targets.allSatisfy { boxes in anchors.values.contains { Self.isBroken($0, boxes) } }
    }
  }

  /// Whether the numbers make a run look for each copy of a mail. Other mailboxes that go into the
  /// same one may have been looked for by a run that died.
  private func isLookedFor(_ serial: Int, in place: MailboxName, _ before: View) -> Bool {
    broken[place]?.keys.contains { name in
      before.source[name]?.messages.values.contains { Mail.serial($0.bytes) == serial } ?? false
    } ?? false
  }

  /// Notes what others have brought since the last look, where it may be too late to be recognised.
  private mutating func noteForeign(_ view: View, onlyIn late: Set<MailboxName>) {
    let last = lastToken
    note(view, in: late) { $0.isForeign && $0.token > last }
    lastToken = view.target.values.flatMap(\.messages.values).reduce(lastToken) {
      max($0, $1.token)
    }
  }

  /// What came with a mailbox, or with a backup whose numbers show it, and was looked at in the run
  /// after that, or came while a run was on, is like what others bring.
  private mutating func noteCarried(_ tokens: Set<Int>, _ view: View, in late: Set<MailboxName>) {
    note(view, in: late) { tokens.contains($0.token) }
  }

  private mutating func note(
    _ view: View, in late: Set<MailboxName>, where isLate: (View.Message) -> Bool
  ) {
    for (name, box) in view.target where late.contains(name) {
      for message in box.messages.values where isLate(message) {
        guard let serial = Mail.serial(message.bytes) else { continue }
        lateForeign[name, default: [:]][serial, default: []].insert(message.token)
      }
    }
  }

  /// A mailbox that went to another name is another one where nothing shows that it is the same.
  private func forgetUnrecognisable(_ ledger: View) {
    for (name, box) in ledger.source.sorted(by: { $0.key < $1.key }) {
      guard let id = pairs[box.identity], let pair = ledger.pairs.first(where: { $0.id == id }),
        pair.mapped.source != name
      else { continue }
      let server = world.habits.source
      let isRecognisable =
        server.listsStatus
        && (server.tellsMailboxID
          || server.givesOwnUIDValidity && pair.mapped.sourceUIDValidity == box.uidValidity)
      if !isRecognisable { world.makeUnknown(name) }
    }
  }

  /// A mailbox that gets another name while a run is on may be copied under both.
  private mutating func forgetRenamed(since before: View) {
    for (name, box) in world.source.boxes.sorted(by: { $0.key < $1.key }) {
      let old = before.source.first { $0.value.identity == box.identity }?.key
      guard let old, old != name else { continue }
      world.makeUnknown(name)
      origins = [:]
    }
  }

  // MARK: After a run

  mutating func judge(_ night: Night) async throws -> [Finding] {
    guard let before else { return [] }
    forgetRenamed(since: before)
    let after = try await View(of: world)
    let traces = world.takeTraces()
    forgetMended(traces.targets)
    for loss in traces.gone { pardons[loss.mailbox, default: [:]][loss.serial, default: 0] += 1 }
    let moved = traces.carriedOff.union(traces.broughtBack)
    for token in moved { origins[token] = nil }
    noteForeign(after, onlyIn: Set(after.target.keys))
    noteCarried(moved, after, in: Set(after.target.keys))
    remember(before, after, traces, isDead: night.isDead)
    hasTwoArchives = hasTwoArchives || world.shelf?.isBegunAnew == true && !before.knowsArchive
    let exit = ExitStatus(night.report)
    // Nobody can prove a copy that is taken away between the proof and the removal.
    var found = traces.gone.isEmpty ? night.removals : []
    found += ending(exit, night)
    if exit == .success {
      found += everythingIsThere(before, after, night, traces)
      found += after.unreadable.filter(\.isOnRecord).prefix(1).map {
        Finding(question: 1, text: "exit 0: mail in \($0.mailbox) is on record as damaged")
      }
    }
    found += nothingElseWasTouched(before, after, night, traces)
    found += ourMarkIsNotCarried(before, after)
    if night.plan.removal == nil, night.isCalm { found += sourceWasOnlyRead(before, after) }
    found += noCopyTooMany(before, after, traces)
    found += nothingButMail(after)
    found += try await ledgerOfRemovals()
    if world.shelf?.isBegunAnew == true, !before.isBegunAnew, before.knowsArchive {
      found.append(Finding(question: 2, text: "an archive was begun where none is mounted"))
    }
    // By now it is told; a run that died may leave nothing to see of it.
    if night.isCalm {
      for place in broken.keys {
        pardons[place] = pardons[place]?.filter { !isLookedFor($0.key, in: place, before) }
      }
    }
    if exit == .success, night.isCalm, night.plan.recopiesLost { forgive(after) }
    noteCarried(carried.union(back), after, in: done)
    // A mailbox that is done for the first time only later has them from others, too.
    carriedUnseen.formUnion(carried)
    carried = []
    return found
  }

  private mutating func remember(
    _ before: View, _ after: View, _ traces: World.Traces, isDead: Bool
  ) {
    let sources = [before.source, after.source] + traces.sources
    let names = Dictionary(
      grouping: sources.flatMap(\.self), by: \.value.identity
    ).mapValues { Set($0.map(\.key)).sorted() }
    for boxes in sources {
      for (name, box) in boxes {
        let places = Set([before.place(of: name), after.place(of: name)].compactMap(\.self))
        // What is seen under two names in one run may be copied under both.
        let number = names[box.identity]?.firstIndex(of: name) ?? 0
        for message in box.messages.values {
          guard let serial = Mail.serial(message.bytes) else { continue }
          everOf[box.identity, default: [:]][serial, default: []].insert(message.token)
          everSet[serial] = (everSet[serial] ?? .none).union(message.flags)
          let seen = message.token + number * Self.tokensMax
          for place in places {
            everFor[place, default: [:]][serial, default: []].insert(seen)
          }
          guard places.isEmpty, world.nightly != nil else { continue }
          unplaced[name, default: [:]][serial, default: []].insert(seen)
        }
      }
    }
    placeMail(after)
    for pair in after.pairs {
      guard let box = after.source[pair.mapped.source] ?? before.source[pair.mapped.source] else {
        continue
      }
      // A mailbox that got another name during a run could not be seen to be the same.
      if let old = pairs[box.identity], old != pair.id, !traces.sources.isEmpty {
        origins = origins.filter { $0.value != box.identity }
      }
      // What one that was made anew has taken over is not to be found again beside the old one.
      for (earlier, known) in pairs where known == pair.id && earlier != box.identity {
        origins = origins.filter { $0.value != earlier }
      }
      // A run that died may have left the map as it was.
      if !isDead || pairs[box.identity] == nil { pairs[box.identity] = pair.id }
      if let place = after.place(of: pair), after.standings[pair]?.source != nil {
        pass(place, before, after, traces)
      }
    }
    noteOrigins(before, after, traces)
  }

  private mutating func noteOrigins(_ before: View, _ after: View, _ traces: World.Traces) {
    let old = before.copies()
    for (token, copy) in after.copies() {
      guard old[token] == nil, copy.message.author == .mailmove, world.shelf == nil,
        !traces.carriedOff.contains(token), !traces.broughtBack.contains(token)
      else {
        continue
      }
      let boxes = after.pairs.filter { after.place(of: $0) == copy.mailbox }.map {
        (now: after.source[$0.mapped.source], earlier: before.source[$0.mapped.source])
      }
      if boxes.count == 1, let identity = boxes[0].now?.identity,
        identity == boxes[0].earlier?.identity
      {
        origins[token] = identity
      }
    }
  }

  /// What others had put there by the time a mailbox was done for the first time is looked at once.
  private mutating func pass(
    _ place: MailboxName, _ before: View, _ view: View, _ traces: World.Traces
  ) {
    guard done.insert(place).inserted else { return }
    let shown = before.wanted()[place] ?? [:]
    let old = before.copies()
    let moved = traces.carriedOff.union(traces.broughtBack)
    let others = carriedUnseen.union(moved)
    let copies = view.target[place]?.messages.values.sorted { $0.token < $1.token } ?? []
    for (serial, copies) in Dictionary(grouping: copies, by: { Mail.serial($0.bytes) }) {
      guard let serial else { continue }
      // Whoever made them, those that came first are the originals' copies; what others brought
      // while the run was on may have come after it had looked.
      let isLate: (View.Message) -> Bool = { copy in
        moved.contains(copy.token) || copy.isForeign && old[copy.token] == nil
      }
      let more = (copies.filter { !isLate($0) } + copies.filter(isLate))
        .dropFirst(shown[serial] ?? 0)
        .filter { $0.isForeign || others.contains($0.token) }
      if !more.isEmpty { lateForeign[place, default: [:]][serial] = Set(more.map(\.token)) }
    }
  }

  /// No more is pardoned than is missing.
  private mutating func forgive(_ view: View) {
    let wanted = view.wanted()
    for (name, serials) in pardons {
      let held = view.held(in: name)
      pardons[name] = serials.reduce(into: [:]) { left, item in
        // What the source does not show now may be there again tomorrow.
        guard let count = wanted[name]?[item.key] else {
          left[item.key] = item.value
          return
        }
        let unseen = max(0, (everFor[name]?[item.key]?.count ?? 0) - count)
        let missing = max(0, count - (held[item.key] ?? 0)) + unseen
        if missing > 0 { left[item.key] = min(item.value, missing) }
      }
    }
  }

  private func ending(_ exit: ExitStatus, _ night: Night) -> [Finding] {
    var fine: Set<ExitStatus> = [.success, .skips]
    if night.plan.removal != nil { fine.formUnion([.guarded, .usage]) }
    if world.shelf?.isMounted == false, before?.knowsArchive == true { fine = [.guarded] }
    if hasTwoArchives { fine.formUnion([.guarded, .success]) }
    guard night.isCalm ? !fine.contains(exit) : exit == .internalFault && !night.isDead else {
      return []
    }
    let failure = night.report.failure ?? night.report.mailboxes.compactMap(\.failure).first
    return [
      Finding(question: 0, text: "ended with \(exit): \(failure.map { "\($0)" } ?? "no reason")")
    ]
  }

  // MARK: Question 1 and 6

  private func everythingIsThere(
    _ before: View, _ after: View, _ night: Night, _ traces: World.Traces
  ) -> [Finding] {
    let isMadeUp = night.plan.recopiesLost && night.isCalm
    var found: [Finding] = []
    let unmet = after.unmet(since: before)
    let all = after.wanted(since: night.isCalm ? nil : before)
    for (place, serials) in all.sorted(by: { $0.key < $1.key }) {
      let held = after.held(in: place) { copy in isSame(copy) }
      for (serial, wanted) in serials.sorted(by: { $0.key < $1.key }) {
        let pardoned =
          if isMadeUp {
            0
          } else if isLookedFor(serial, in: place, before) {
            traces.gone.count { $0.mailbox == place && $0.serial == serial }
          } else {
            pardons[place]?[serial] ?? 0
          }
        let there = held[serial] ?? 0
        guard there + pardoned < wanted else { continue }
        let digest = world.original(serial).map { SHA256Digest(of: $0) }
        let hidden = unmet.count { $0.mailbox == place && $0.digest == digest }
        guard there + pardoned + hidden < wanted else { continue }
        found.append(
          Finding(
            question: isMadeUp ? 6 : 1,
            text: "exit 0: the source has mail \(serial) \(wanted) times for \(place), "
              + "which has it \(there) times"))
      }
    }
    for (name, box) in after.source where !box.uids.isEmpty && after.place(of: name) == nil {
      guard night.isCalm else { continue }
      found.append(Finding(question: 1, text: "exit 0: \(name) was left out"))
    }
    return found
  }

  /// What was delivered, or that as a server or an earlier tool changes it.
  private func isSame(_ copy: View.Message) -> Bool {
    guard let serial = Mail.serial(copy.bytes), let original = world.original(serial) else {
      return false
    }
    let lines = { (bytes: [UInt8]) in bytes.filter { $0 != 13 } }
    // What an earlier tool marked stays marked when a person moves it.
    if copy.isForeign, copy.bytes.count > original.count {
      return lines(copy.bytes).suffixIs(lines(original))
    }
    if copy.author == .earlierTool { return lines(copy.bytes).suffixIs(lines(original)) }
    return copy.bytes == original || world.habits.rewrites && copy.bytes == lines(original)
  }

  // MARK: Question 2

  private func nothingElseWasTouched(
    _ before: View, _ after: View, _ night: Night, _ traces: World.Traces
  ) -> [Finding] {
    var found: [Finding] = []
    let now = after.copies()
    let gone = Set(traces.gone.map(\.token))
    for (token, old) in before.copies().sorted(by: { $0.key < $1.key }) {
      let name = "mail \(Mail.serial(old.message.bytes) ?? -1) in \(old.mailbox) at the target"
      guard let new = now[token] else {
        if !gone.contains(token), !isMarkedAsVanished(old, after, night) {
          found.append(Finding(question: 2, text: "\(name) was removed"))
        }
        continue
      }
      if new.message.bytes != old.message.bytes {
        found.append(Finding(question: 2, text: "the bytes of \(name) were changed"))
      }
      let (was, has) = (old.message.flags, new.message.flags)
      guard was != has, !traces.touched.contains(token),
        !isFromSource(
          was, has, Mail.serial(old.message.bytes),
          [before.source, after.source] + traces.sources, night.plan.flagPolicy)
      else { continue }
      let text = "\(name) had \(was) and has \(has), which is not from the source's mail"
      found.append(Finding(question: 2, text: text))
    }
    return found
  }

  /// What an archive showed before there was a map belongs where the map says.
  private mutating func placeMail(_ after: View) {
    for name in unplaced.keys {
      guard let place = after.place(of: name), let mails = unplaced.removeValue(forKey: name)
      else { continue }
      everFor[place, default: [:]].merge(mails) { $0.union($1) }
    }
  }

  /// An archive shows no longer what the source does not show; of equal mails, one that is gone
  /// may have taken the only copy with it, if the others are told as lost.
  private func isMarkedAsVanished(
    _ old: (mailbox: MailboxName, message: View.Message), _ after: View, _ night: Night
  ) -> Bool {
    guard world.shelf != nil, let serial = Mail.serial(old.message.bytes) else { return false }
    if night.report.total(\.lost) > 0 || night.isDead { return true }
    // A session of POP3 shows neither what goes meanwhile nor what comes.
    if world.habits.sourceKind == .maildrop, !night.isCalm { return true }
    // What moves from one to another meanwhile may have been seen in neither.
    if world.habits.sharesTarget, !night.isCalm { return true }
    return after.held(in: old.mailbox)[serial] ?? 0 >= after.wanted()[old.mailbox]?[serial] ?? 0
  }

  /// Whether one of the same mails at the source has what was added and lacks what was removed.
  private func isFromSource(
    _ was: FlagSet, _ has: FlagSet, _ serial: Int?,
    _ sources: [[MailboxName: FakeAccount.Box]], _ policy: RunOptions.FlagPolicy
  ) -> Bool {
    guard policy != .keep, let serial else { return false }
    let (added, removed) = (has.subtracting(was), was.subtracting(has))
    let originals = sources.flatMap(\.values).flatMap(\.messages.values)
      .filter { Mail.serial($0.bytes) == serial }
    // What the target's user has set stays, unless the target is to be made equal.
    guard policy == .source || removed.subtracting(everSet[serial] ?? .none).isEmpty else {
      return false
    }
    // An archive still has mail that is gone, with the flags that it had.
    if world.nightly != nil, added.subtracting(everSet[serial] ?? .none).isEmpty { return true }
    return originals.contains { mail in
      // Our own mark is no flag of the mail.
      let ours = marked.contains(mail.token) ? FlagSet(system: .deleted) : .none
      return added.subtracting(mail.flags).isEmpty
        && removed.subtracting(ours).intersection(mail.flags).isEmpty
    }
  }

  /// Whoever expunges at the target would lose the only copy.
  private func ourMarkIsNotCarried(_ before: View, _ after: View) -> [Finding] {
    let old = before.copies()
    let mail = (Array(before.source.values) + after.source.values).flatMap(\.messages.values)
    return after.copies().compactMap { token, copy -> Finding? in
      guard copy.message.author == .mailmove, copy.message.flags.system.contains(.deleted),
        old[token]?.message.flags.system.contains(.deleted) != true,
        let serial = Mail.serial(copy.message.bytes)
      else { return nil }
      // Which of several with the same bytes has it, nobody can tell under other UIDs.
      let originals = mail.filter { Mail.serial($0.bytes) == serial }
      guard !originals.isEmpty, originals.allSatisfy({ marked.contains($0.token) }) else {
        return nil
      }
      return Finding(
        question: 2, text: "mail \(serial) in \(copy.mailbox) has the mark of our own removal")
    }
  }

  // MARK: Question 3 and 4

  /// A part of a message is none.
  private func nothingButMail(_ after: View) -> [Finding] {
    after.copies().values.filter { $0.message.author == .mailmove && !isSame($0.message) }
      .map { Finding(question: 4, text: "\($0.mailbox) has something that never was a mail") }
  }

  /// Nothing that stayed where it was is on record as removed, whatever servers say.
  private func ledgerOfRemovals() async throws -> [Finding] {
    let summary = try await world.journal.summary()
    var told = summary.count(.removed) + summary.count(.flagged)
    guard told > world.removals else { return [] }
    // What has the mark where it lies now may have got it elsewhere.
    for pair in try await world.journal.pairs() {
      guard let box = world.source.boxes[pair.mapped.source] else { continue }
      told -= try await world.journal.records(of: pair).count { record in
        record.removal == .flagged && record.key.uidValidity == box.uidValidity
          && box.messages[record.key.uid]?.flags.system.contains(.deleted) == true
      }
    }
    guard told > world.removals else { return [] }
    let text = "\(told) mails are on record as removed, and \(world.removals) were"
    return [Finding(question: 3, text: text)]
  }

  private func sourceWasOnlyRead(_ before: View, _ after: View) -> [Finding] {
    let isSame = before.source.allSatisfy { name, box in
      after.source[name]?.messages == box.messages
    }
    return isSame && before.source.count == after.source.count
      ? [] : [Finding(question: 3, text: "the source was changed")]
  }

  private func noCopyTooMany(
    _ before: View, _ after: View, _ traces: World.Traces
  ) -> [Finding] {
    var found: [Finding] = []
    let old = Set(before.copies().keys).union(traces.carriedOff).union(traces.broughtBack)
    for name in after.target.keys.sorted() {
      let (now, made) = (
        after.held(in: name),
        after.held(in: name) { $0.author == .mailmove && !old.contains($0.token) }
      )
      for serial in made.keys.sorted() {
        let (count, new) = (now[serial] ?? 0, made[serial] ?? 0)
        let ever = everFor[name]?[serial]?.count ?? 0
        guard count > ever + (lateForeign[name]?[serial]?.count ?? 0) else { continue }
        found.append(
          Finding(
            question: 4,
            text: "\(name) has mail \(serial) \(count) times, \(new) of them since this run; "
              + "the source ever had it \(ever) times"))
      }
    }
    var made: [Int: [Int: Int]] = [:]
    for (token, copy) in after.copies() {
      guard copy.message.author == .mailmove, let origin = origins[token],
        let serial = Mail.serial(copy.message.bytes)
      else { continue }
      made[origin, default: [:]][serial, default: 0] += 1
    }
    for (identity, serials) in made.sorted(by: { $0.key < $1.key }) {
      for (serial, count) in serials where count > everOf[identity]?[serial]?.count ?? 0 {
        let name = after.source.first { $0.value.identity == identity }?.key
        found.append(
          Finding(
            question: 4,
            text: "mail \(serial) of the mailbox that is now \(name.map { "\($0)" } ?? "gone") "
              + "was copied \(count) times"))
      }
    }
    return found
  }
}

extension [UInt8] {
  fileprivate func suffixIs(_ other: [UInt8]) -> Bool { suffix(other.count) == other[...] }
}
