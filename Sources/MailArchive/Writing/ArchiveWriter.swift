// mailmove: writing to an archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The one writer of an archive.
///
/// Nothing that was staged is durable before a commit says so. Several tasks may use a writer; each
/// call is done before the next one begins. After any error but `noSuchFolder`, `noSuchMessage`,
/// `folderFull` and `unfaithful`, nothing is written any more and every call throws the same error;
/// closing and opening again finds out what is on disk.
package actor ArchiveWriter {
  private let queue: ArchiveQueue
  private var session: WriterSession?
  /// What was damaged, once the session is over.
  private var lastDamages: [ArchiveDamage] = []

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    queue.asUnownedSerialExecutor()
  }

  /// Where a task best runs that does little but stage messages.
  package nonisolated var executor: any TaskExecutor { queue }

  private init() { queue = ArchiveQueue() }

  /// Opens an archive for writing, makes it if it is missing, and cleans up after a crash.
  ///
  /// Throws `locked` while another writer has it, `notFound` or `notAnArchive`, `newer`, and
  /// `damaged` for everything that no crash leaves behind; then nothing was changed.
  ///
  /// - Parameters:
  ///   - catalog: the SQLite file, if it is not to be in the archive, as when that is on a network.
  ///   - options: for a new archive.
  package static func open(
    at path: String, catalog: String? = nil, createIfMissing: Bool = true,
    options: ArchiveOptions = ArchiveOptions(), limits: CommitLimits = CommitLimits(),
    clock: @escaping Timestamp.Clock = Timestamp.systemClock
  ) async throws(ArchiveError) -> ArchiveWriter {
    let storage = DiskStorage(root: path)
    let place = Catalog.Place.file(catalog ?? storage.full(ArchiveLayout.catalog))
    return try await open(
      storage, catalog: place, createIfMissing: createIfMissing, options: options,
      limits: limits, clock: clock)
  }

  /// The same on any storage.
  static func open(
    _ storage: any Storage, catalog: Catalog.Place, createIfMissing: Bool = true,
    options: ArchiveOptions = ArchiveOptions(), limits: CommitLimits = CommitLimits(),
    clock: @escaping Timestamp.Clock = Timestamp.systemClock
  ) async throws(ArchiveError) -> ArchiveWriter {
    let writer = ArchiveWriter()
    try await writer.begin { () throws(ArchiveError) in
      let parts = try WriterOpening(
        storage, catalog: catalog, createIfMissing: createIfMissing, options: options,
        now: clock())
      return try WriterSession(parts, limits: limits, clock: clock)
    }
    return writer
  }

  private func begin(
    _ open: @Sendable () throws(ArchiveError) -> WriterSession
  ) throws(ArchiveError) { session = try open() }

  private func opened() throws(ArchiveError) -> WriterSession {
    guard let session else { throw .closed }
    return session
  }

  /// The archive's name for life.
  package func identity() throws(ArchiveError) -> ArchiveIdentity { try opened().identity }

  /// The end of the last commit.
  package func position() throws(ArchiveError) -> JournalPosition { try opened().position }

  /// Whether the journal has a commit, and ended with it as it does for somebody who remembers: an
  /// archive that has not is an older copy, or another one's.
  package func holds(
    commit number: Int64, digest: SHA256Digest
  ) throws(ArchiveError) -> Bool { try opened().holds(commit: number, digest: digest) }

  /// What was found to be damaged and was not on record, also after the end; worth a warning and a
  /// check. Messages that are lost by it are put on record.
  package func damages() -> [ArchiveDamage] { session?.damages ?? lastDamages }

  /// A reader that sees every commit as soon as it is made, until the writer is closed.
  package func reader() throws(ArchiveError) -> ArchiveReader {
    let session = try opened()
    return ArchiveReader(
      identity: session.identity, storage: session.storage, catalog: session.catalog)
  }

  // MARK: Accounts and folders

  /// The account with a label; it is made, or changed, with the next commit.
  package func account(
    _ label: String, proto: String? = nil, host: String? = nil
  ) throws(ArchiveError) -> AccountID {
    let session = try opened()
    let (id, event) = session.folders.account(label, proto: proto, host: host)
    try session.add(event)
    return id
  }

  /// The folder with a name in an account; it is made, or changed, with the next commit.
  ///
  /// UIDVALIDITY and UIDNEXT in the result count what is staged, too.
  package func folder(
    _ name: String, in account: AccountID, _ properties: FolderProperties = FolderProperties()
  ) throws(ArchiveError) -> ArchiveFolder {
    let session = try opened()
    let uidValidity = max(1, UInt32(truncatingIfNeeded: session.now))
    let (folder, event) = session.folders.folder(
      name, in: account, properties, uidValidity: uidValidity)
    try session.add(event)
    return folder
  }

  /// Gives a folder a new name; its mail stays where it is.
  package func rename(_ folder: FolderID, to name: String) throws(ArchiveError) {
    let session = try opened()
    try session.add(session.folders.rename(folder, to: name))
  }

  // MARK: Messages

  /// Takes a message; commits if that is due.
  ///
  /// Throws `unfaithful` if the digest is not that of the bytes; then nothing is staged.
  ///
  /// - Parameter place: where the archive has the message already, with bytes that went bad; nil:
  ///   it gets a place of its own.
  package func stage(
    _ message: ArchiveMessage, renewing place: PlacementKey? = nil
  ) throws(ArchiveError) -> StagedMessage {
    try opened().stage(message, renewing: place)
  }

  /// Sets the flags of a message: all of them, not a change.
  package func setFlags(
    _ flags: FlagSet, of key: PlacementKey, modSeq: Int64? = nil
  ) throws(ArchiveError) { try opened().setFlags(flags, of: key, modSeq: modSeq) }

  /// Notes that messages vanished at the source; nothing is removed here.
  package func markGone(
    _ uids: [UInt32], in folder: FolderID, modSeq: Int64? = nil
  ) throws(ArchiveError) {
    guard let set = try placed(uids, in: folder) else { return }
    try opened().add(.gone(set, modSeq: modSeq))
  }

  /// Notes that messages which had vanished are at the source again.
  package func markListed(
    _ uids: [UInt32], in folder: FolderID, modSeq: Int64? = nil
  ) throws(ArchiveError) {
    guard let set = try placed(uids, in: folder) else { return }
    try opened().add(.listed(set, modSeq: modSeq))
  }

  /// UIDs of a folder that are there; nil for none.
  private func placed(
    _ uids: [UInt32], in folder: FolderID
  ) throws(ArchiveError) -> PlacementSet? {
    let session = try opened()
    let uidValidity = try session.folders.folder(folder).uidValidity
    for uid in uids {
      try session.insistOnPlacement(
        PlacementKey(folder: folder, uidValidity: uidValidity, uid: uid))
    }
    return uids.isEmpty
      ? nil : PlacementSet(folder: folder, uidValidity: uidValidity, uids: uids)
  }

  /// Notes how far a folder of the source was read.
  package func note(_ scan: ScanEvent) throws(ArchiveError) {
    let session = try opened()
    _ = try session.folders.folder(scan.folder)
    try session.add(.scan(scan))
  }

  /// Notes the beginning of a run; no secret and no content of mail may be in it.
  package func noteRun(_ facts: JSONObject) throws(ArchiveError) { try opened().add(.run(facts)) }

  /// Notes the result of a run.
  package func noteEnd(_ facts: JSONObject) throws(ArchiveError) { try opened().add(.end(facts)) }

  /// Notes that the bytes of messages were found to be wrong; they are stored again when they come.
  package func noteDamage(
    of messages: [Int64], detail: String? = nil
  ) throws(ArchiveError) {
    let session = try opened()
    guard !messages.isEmpty else { return }
    try session.add(.damage(messages: messages, detail: detail))
  }

  /// Notes a message that was found to be damaged when it was read.
  package func note(
    _ damage: ArchiveDamage, of message: StoredMessage
  ) throws(ArchiveError) { try opened().note(damage, of: message) }

  // MARK: Commits

  /// Returns when everything staged is on disk; nil if there was nothing.
  package func commit() throws(ArchiveError) -> CommitReceipt? { try opened().commit() }

  /// Commits, seals what is due, writes `HEAD` and gives the lock back.
  ///
  /// After an earlier error it only gives the lock back, and throws that error.
  package func close() throws(ArchiveError) -> ArchiveHead {
    let session = try opened()
    self.session = nil
    defer { lastDamages = session.damages }
    return try session.close()
  }

  /// Gives everything back and leaves what is not committed, as a crash would.
  package func abandon() {
    session?.abandon()
    session = nil
  }
}
