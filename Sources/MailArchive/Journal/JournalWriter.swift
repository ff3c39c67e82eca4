// mailmove: writing the journal of an archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Appends commits to the journal; a commit exists once its member is on disk.
final class JournalWriter {
  /// Where the last commit ends.
  private(set) var position: JournalPosition
  private let storage: any Storage
  private let archive: String
  private var last: JournalScan.LastFile
  private var file: (any StorageFile)?
  private let compressor: MemberCompressor

  /// Bytes after which the next commit begins a new file.
  private let sizeMax: Int64
  package static let fileSizeMax: Int64 = 64 << 20
  static let tool = "mailmove"

  /// - Parameter level: as in `ArchiveOptions`.
  init(
    after scan: JournalScan, archive: String, in storage: any Storage, level: Int,
    sizeMax: Int64 = JournalWriter.fileSizeMax
  ) {
    position = scan.position
    last = scan.last
    self.archive = archive
    self.storage = storage
    self.sizeMax = sizeMax
    compressor = MemberCompressor(level: level)
  }

  /// Writes a commit and returns when it is on disk.
  ///
  /// - Parameter time: seconds since 1970-01-01 00:00:00 UTC.
  func commit(
    _ events: [JournalEvent], ends: [Int64: JournalCommit.SegmentEnd], at time: Int64
  ) throws(ArchiveError) -> JournalCommit {
    var events = events
    let opening = isNewFileDue(at: time) ? try beginFile(at: time) : nil
    if let opening { events.insert(.open(opening), at: 0) }
    let commit = JournalCommit(
      number: position.commit + 1, time: time, offset: position.end, previous: position.digest,
      ends: ends, events: events)
    let member = compressor.member(.journal, commit.text)
    let file = try opened()
    try file.append(member)
    try file.synchronize()
    guard try file.isInPlace(length: position.end + Int64(member.count)) else {
      throw .displaced(path: storage.name)
    }
    if opening != nil { try storage.synchronizeDirectory(ArchiveLayout.journal) }
    last.digest.update(member)
    position = JournalPosition(
      commit: commit.number, file: last.number, end: position.end + Int64(member.count),
      digest: last.digest.value)
    return commit
  }

  private func opened() throws(ArchiveError) -> any StorageFile {
    if let file { return file }
    let opened = try storage.open(ArchiveLayout.journalPath(last.number), creating: false)
    file = opened
    return opened
  }

  private func isNewFileDue(at time: Int64) -> Bool {
    guard let began = last.began else { return true }
    if position.end >= sizeMax { return true }
    guard let year = Timestamp.year(of: time), let then = Timestamp.year(of: began) else {
      return false
    }
    // A clock that goes back does not begin files.
    return year > then
  }

  private func beginFile(at time: Int64) throws(ArchiveError) -> JournalOpening {
    let isFirst = last.began == nil
    let number = isFirst ? last.number : last.number + 1
    let opening = JournalOpening(
      format: ArchiveIdentity.version, archive: archive, journal: number,
      previous: isFirst ? nil : position.digest, time: time, tool: Self.tool)
    try close()
    file = try storage.open(ArchiveLayout.journalPath(number), creating: true)
    last = JournalScan.LastFile(number: number, digest: RunningDigest(), began: time)
    position.file = number
    position.end = 0
    position.digest = last.digest.value
    return opening
  }

  func close() throws(ArchiveError) {
    defer { file = nil }
    try file?.close()
  }
}
