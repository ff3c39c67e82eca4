// mailmove: an archive that is open for writing.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// All that a writer holds between opening and closing; one thread uses it at a time.
///
/// The order of a commit is the heart of the archive: mail on disk, then the journal on disk, then
/// the catalog, then everybody may know. After any failure nothing is written any more: what is on
/// disk is found out by the next opening.
final class WriterSession {
  let identity: ArchiveIdentity
  let storage: any Storage
  let catalog: Catalog
  private let lock: any StorageLock
  private let journal: JournalWriter
  private let segments: SegmentWriter
  private let press: MemberPress
  private let contents: KnownContents
  private let proof: EntryProof
  private let limits: CommitLimits
  private let clock: Timestamp.Clock
  var folders: FolderTable
  private var nextMessage: Int64
  private var batch: Batch
  /// What was found to be damaged and was not on record.
  private(set) var damages: [ArchiveDamage]
  /// Messages of which damage was noted by whoever read them.
  private var noted: Set<Int64> = []
  /// Why nothing is written any more.
  private var fault: ArchiveError?

  init(_ parts: WriterOpening, limits: CommitLimits, clock: @escaping Timestamp.Clock)
    throws(ArchiveError)
  {
    identity = parts.identity
    storage = parts.storage
    catalog = parts.catalog
    lock = parts.lock
    damages = parts.damages
    proof = EntryProof(largeMessage: limits.largeMessage)
    self.limits = limits
    self.clock = clock
    journal = JournalWriter(
      after: parts.scan, archive: identity.uuid, in: storage, level: identity.options.level,
      sizeMax: limits.journalBytes)
    segments = SegmentWriter(
      parts.segments, checked: parts.checked, damaged: parts.damaged, in: storage,
      sizeMax: identity.options.segment)
    (folders, nextMessage) = try catalog.read { db in
      (
        FolderTable(
          accounts: try CatalogQuery.accounts(db), folders: try CatalogQuery.folders(of: nil, db)),
        try CatalogQuery.highestID(in: "message", db) + 1
      )
    }
    contents = KnownContents(in: catalog, stored: nextMessage - 1)
    press = MemberPress(level: identity.options.level)
    batch = Batch(groupSize: identity.options.group, press: press)
    // From here on, a segment without a journal can only mean that the journal was lost.
    if journal.position.commit == 0 || segments.hasEvents { try write() }
    try settleRepaired()
  }

  /// Notes that messages on record as damaged are whole, as after a segment came from a copy.
  private func settleRepaired() throws(ArchiveError) {
    let damaged = try catalog.read { db in try CatalogQuery.damagedMessages(db) }
    let reader = ArchiveReader(identity: identity, storage: storage, catalog: catalog)
    for message in damaged where try SegmentExamination.isReadable(message, reader) {
      batch.add(.heal(message.place), at: clock())
    }
  }

  var position: JournalPosition { journal.position }

  /// Whether the journal has a commit, and ended with it as it does for somebody who remembers.
  func holds(commit number: Int64, digest: SHA256Digest) throws(ArchiveError) -> Bool {
    if number == 0 { return true }
    guard number < position.commit else {
      return number == position.commit && digest == position.digest
    }
    let scan = try JournalScan(storage, archive: identity.uuid)
    return try scan.position(ofCommit: number)?.digest == digest
  }

  /// Whoever goes by the path has to find what is written here.
  private func insistOnPlace() throws(ArchiveError) {
    guard try lock.isInPlace() else { throw .displaced(path: storage.name) }
  }

  func insistOnUsable() throws(ArchiveError) {
    if let fault { throw fault }
  }

  /// Anything that fails half way makes the session useless.
  private func guarding<T>(_ body: () throws(ArchiveError) -> T) throws(ArchiveError) -> T {
    try insistOnUsable()
    do throws(ArchiveError) { return try body() } catch {
      fault = error
      throw error
    }
  }

  func add(_ event: JournalEvent?) throws(ArchiveError) {
    try insistOnUsable()
    if let event { batch.add(event, at: clock()) }
  }

  var now: Int64 { clock() }

  // MARK: Messages

  /// Takes a message; commits if that is due.
  ///
  /// - Parameter place: where the archive has the message already, with bytes that went bad; nil:
  ///   it gets a place of its own.
  func stage(
    _ message: ArchiveMessage, renewing place: PlacementKey? = nil
  ) throws(ArchiveError) -> StagedMessage {
    try insistOnUsable()
    let folder = try folders.folder(message.folder)
    let content = Batch.Content(digest: message.digest, size: Int64(message.bytes.count))
    let (known, damaged) = try contents.ids(of: content)
    let id: Int64
    if let known {
      // The digest was the caller's word so far; here it decides whose bytes are kept.
      guard SHA256Digest(of: message.bytes) == message.digest else {
        throw .unfaithful(detail: "the bytes have another SHA-256 than was said")
      }
      id = known
    } else {
      id = damaged ?? nextMessage
      let entry = try proof.entry(of: message, in: folder, accounts: folders, now: clock())
      if damaged == nil { nextMessage += 1 }
      let date = message.internalDate?.secondsSinceEpoch
      batch.add(
        Batch.NewMessage(id: id, content: content, date: date, isHealed: damaged != nil),
        entry: entry,
        year: SegmentYear.directory(of: date, now: clock()), at: clock())
      contents.stage(content, as: id)
    }
    let key: PlacementKey
    if let place, known != nil || damaged != nil {
      key = place
    } else {
      key = try folders.nextKey(in: message.folder)
      batch.add(.put(message.put(key, id)), at: clock())
    }
    let receipt = isCommitDue ? try commit() : nil
    return StagedMessage(key: key, isKnown: known != nil, commit: receipt)
  }

  private var isCommitDue: Bool {
    guard let began = batch.began else { return false }
    // Also when the clock was set back: nobody knows then how long it has been.
    let isOld = !(began..<began + limits.seconds).contains(clock())
    return isOld || batch.messages.count >= limits.messages || batch.textBytes >= limits.bytes
      || batch.lines.count >= limits.lines
  }

  func setFlags(
    _ flags: FlagSet, of key: PlacementKey, modSeq: Int64?
  ) throws(ArchiveError) {
    try insistOnPlacement(key)
    try add(.flags(FlagsEvent(key: key, flags: flags, modSeq: modSeq)))
  }

  func insistOnPlacement(_ key: PlacementKey) throws(ArchiveError) {
    if batch.holds(key) { return }
    guard try catalog.look({ db in try CatalogQuery.placement(key, db) }) != nil else {
      throw .noSuchMessage(folder: key.folder, uid: key.uid)
    }
  }

  // MARK: Commits

  /// Returns when everything staged is on disk; nil if there was nothing.
  func commit() throws(ArchiveError) -> CommitReceipt? {
    try insistOnUsable()
    guard !batch.isEmpty || segments.hasEvents else { return nil }
    return try guarding { () throws(ArchiveError) in try write() }
  }

  @discardableResult private func write() throws(ArchiveError) -> CommitReceipt {
    try insistOnPlace()
    batch.finishGroups()
    var places: [Int: MessagePlace] = [:]
    for group in batch.groups { try write(group, &places) }
    let (segmentEvents, ends) = try segments.synchronize()
    let commit = try journal.commit(
      segmentEvents + damageEvents() + batchEvents(places), ends: ends, at: clock())
    try insistOnPlace()
    try catalog.apply([commit], upTo: journal.position)
    if segmentEvents.contains(where: { if case .seal = $0 { true } else { false } }) {
      try refreshChecksums()
    }
    let receipt = CommitReceipt(position: journal.position, placements: batch.placements)
    batch = Batch(groupSize: identity.options.group, press: press)
    contents.commit()
    return receipt
  }

  /// Writes a member, and notes where its messages are.
  private func write(
    _ group: Batch.Group, _ places: inout [Int: MessagePlace]
  ) throws(ArchiveError) {
    let member: (segment: Int64, offset: Int64, length: Int64)
    let parts: [MessageGroup.Part]
    switch group {
    case .pressed(let pressed):
      let bytes = try pressed.takeMember()
      member = try segments.append(year: pressed.year) { write throws(ArchiveError) in
        try write(bytes)
      }
      parts = pressed.parts
    case .large(let entry, let year, let message):
      member = try segments.append(year: year) { write throws(ArchiveError) in
        let stream = MemberStream(press.deflater(for: entry))
        try stream.begin(.mail, write)
        try entry.forEachPiece { piece throws(ArchiveError) in try stream.take(piece, write) }
        try stream.end(write)
      }
      parts = [MessageGroup.Part(message: message, at: 0, length: entry.length)]
    }
    for part in parts {
      places[part.message] = MessagePlace(
        id: batch.messages[part.message].id, segment: member.segment, offset: member.offset,
        compressedLength: member.length, at: Int64(part.at), length: Int64(part.length))
    }
  }

  private func batchEvents(_ places: [Int: MessagePlace]) -> [JournalEvent] {
    batch.lines.compactMap { line in
      switch line {
      case .event(let event): return event
      case .message(let index):
        let message = batch.messages[index]
        return places[index].map { place in
          if message.isHealed { return .heal(place) }
          return .message(
            MessageEvent(
              place: place, digest: message.content.digest, size: message.content.size,
              date: message.date))
        }
      }
    }
  }

  /// Puts on record which messages are lost in the segments that were found to be damaged.
  private func damageEvents() throws(ArchiveError) -> [JournalEvent] {
    var events: [JournalEvent] = []
    for (segment, damage) in segments.takeDamaged() {
      let reader = ArchiveReader(identity: identity, storage: storage, catalog: catalog)
      let examination = try SegmentExamination(of: segment, catalog, reader)
      if examination.isNews { damages.append(damage) }
      guard !examination.unreadable.isEmpty else { continue }
      events.append(.damage(messages: examination.unreadable, detail: damage.detail))
    }
    return events
  }

  /// Notes a message that was found to be damaged, unless that is on record.
  func note(_ damage: ArchiveDamage, of message: StoredMessage) throws(ArchiveError) {
    guard message.state == .live, !noted.contains(message.id) else { return }
    noted.insert(message.id)
    damages.append(damage)
    try add(.damage(messages: [message.id], detail: damage.detail))
  }

  private func refreshChecksums() throws(ArchiveError) {
    let all = try catalog.read { db in try CatalogQuery.segments(db) }
    try ChecksumList.refresh(from: all, in: storage)
  }

  // MARK: The end

  /// Commits, seals what is due, writes `HEAD` and gives the lock back.
  ///
  /// After a fault only the lock is given back, and the fault is thrown.
  func close() throws(ArchiveError) -> ArchiveHead {
    defer {
      try? catalog.close()
      lock.release()
    }
    _ = try commit()
    return try guarding { () throws(ArchiveError) in
      try insistOnPlace()
      try segments.sealQuiet(since: clock() - limits.quietSeconds)
      if segments.hasEvents { try write() }
      try journal.close()
      try insistOnPlace()
      let head = ArchiveHead(position: journal.position, time: clock())
      try storage.replace(ArchiveLayout.head, with: head.text)
      catalog.settle()
      return head
    }
  }

  /// Gives everything back without a clean end, as a crash would.
  func abandon() {
    fault = .closed
    try? journal.close()
    try? catalog.close()
    lock.release()
  }
}

extension ArchiveMessage {
  fileprivate func put(_ key: PlacementKey, _ id: Int64) -> PutEvent {
    PutEvent(
      key: key, message: id, internalDate: internalDate, flags: flags, modSeq: modSeq,
      labels: labels, emailID: emailID, uidl: uidl, source: source)
  }
}
