// mailmove: reading the journal of an archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Reads the journal from one place to its end, checks the chain on the way, and tells a tail that
/// a crash left from damage.
struct JournalScan {
  /// What follows the last commit, left by a crash.
  struct TornTail: Equatable {
    let file: Int64
    /// Bytes of the file that stay.
    let validLength: Int64
  }

  /// What the last file is like, for whoever goes on writing it.
  struct LastFile {
    var number: Int64
    /// Over the committed bytes of the file.
    var digest: RunningDigest
    /// When the file was begun: seconds since 1970-01-01 00:00:00 UTC; nil if it has no commit.
    var began: Int64?
  }

  /// Where the last commit ends.
  private(set) var position: JournalPosition
  private(set) var last = LastFile(number: 1, digest: RunningDigest(), began: nil)
  private(set) var tornTail: TornTail?

  private let storage: any Storage
  private let archive: String
  private let files: [Int64]
  private var previousFile: SHA256Digest?

  /// Takes a commit, and where it ends.
  typealias Visitor = (JournalCommit, JournalPosition) throws(ArchiveError) -> Void

  /// A commit's line and an event's line are short; this bounds what a damaged length can ask for.
  static let memberTextMax = 1 << 30

  /// Whether the journal has the bytes that a place was made from.
  enum StartVerdict: Equatable {
    case matches
    /// The journal is shorter.
    case beyondTheEnd
    case otherBytes
  }

  /// Lists the journal.
  ///
  /// Throws `damaged` if a file is missing in the middle.
  init(_ storage: any Storage, archive: String) throws(ArchiveError) {
    self.storage = storage
    self.archive = archive
    position = .beginning
    files = try storage.names(in: ArchiveLayout.journal).compactMap { name in
      ArchiveLayout.number(of: name, suffix: ArchiveLayout.journalSuffix)
    }.sorted()
    for (index, number) in files.enumerated() where number != Int64(index) + 1 {
      throw .damaged(
        ArchiveDamage(
          .journal, path: ArchiveLayout.journalPath(Int64(index) + 1), "the file is missing"))
    }
  }

  var isEmpty: Bool { files.isEmpty }

  /// Compares the journal with a place somebody remembers.
  func compare(with start: JournalPosition) throws(ArchiveError) -> StartVerdict {
    if start.commit == 0 { return .matches }
    guard start.file >= 1, start.file <= Int64(files.count) else { return .beyondTheEnd }
    let bytes = try content(of: start.file)
    guard start.end <= bytes.count, start.end >= 0 else { return .beyondTheEnd }
    let digest = bytes.withUnsafeBytes { SHA256Digest(of: .init(rebasing: $0[..<Int(start.end)])) }
    return digest == start.digest ? .matches : .otherBytes
  }

  /// Where a commit ends; nil if there is none with that number.
  func position(ofCommit number: Int64) throws(ArchiveError) -> JournalPosition? {
    for file in files.reversed() {
      guard let first = try firstCommit(of: file) else { continue }
      guard first <= number else { continue }
      var found: JournalPosition?
      var scan = self
      try scan.read(
        from: JournalPosition(
          commit: first - 1, file: file, end: 0, digest: Self.digest(of: []))
      ) { commit, end throws(ArchiveError) in
        if commit.number == number { found = end }
      }
      return found
    }
    return nil
  }

  /// The number of the first commit of a file; nil where it has no whole one.
  private func firstCommit(of file: Int64) throws(ArchiveError) -> Int64? {
    guard let member = try? GzipMember(in: content(of: file), at: 0, limit: Self.memberTextMax)
    else { return nil }
    return (try? JournalCommit(text: member.text))?.number
  }

  /// Whether a place that matches is where the files end.
  func isEnd(_ position: JournalPosition) throws(ArchiveError) -> Bool {
    if files.isEmpty { return position.commit == 0 }
    guard position.file == Int64(files.count) else { return false }
    return try content(of: position.file).count == position.end
  }

  /// Reads every commit behind `start`, which must match.
  ///
  /// Throws `damaged` for anything that no crash leaves behind, and what `visit` throws.
  mutating func read(
    from start: JournalPosition, _ visit: Visitor
  ) throws(ArchiveError) {
    position = start
    last = LastFile(number: start.file, digest: RunningDigest(), began: nil)
    if start.file > 1 { previousFile = try Self.digest(of: content(of: start.file - 1)) }
    tornTail = nil
    for number in files where number >= start.file {
      let bytes = try content(of: number)
      let isContinued = number == start.file
      let before = last
      try readFile(number, bytes, from: isContinued ? Int(start.end) : 0, visit)
      if let tail = tornTail {
        // Without a commit the file does not count; the one before it is the last.
        if tail.validLength == 0, !isContinued { last = before }
        try refuseDamage(after: position, in: bytes, file: number)
        return
      }
      previousFile = last.digest.value
    }
  }

  private mutating func readFile(
    _ number: Int64, _ bytes: [UInt8], from start: Int,
    _ visit: Visitor
  ) throws(ArchiveError) {
    last = LastFile(number: number, digest: RunningDigest(), began: nil)
    bytes.withUnsafeBytes { last.digest.update(.init(rebasing: $0[..<start])) }
    if start > 0 { last.began = try opening(of: number, in: bytes)?.time }
    var offset = start
    while offset < bytes.count {
      guard let (commit, length) = try commit(at: offset, of: number, in: bytes) else {
        tornTail = TornTail(file: number, validLength: Int64(offset))
        return
      }
      bytes.withUnsafeBytes {
        last.digest.update(.init(rebasing: $0[offset..<(offset + length)]))
      }
      offset += length
      position = JournalPosition(
        commit: commit.number, file: number, end: Int64(offset), digest: last.digest.value)
      try visit(commit, position)
    }
    // A file without a commit is what a crash leaves of a new one.
    if offset == 0 { tornTail = TornTail(file: number, validLength: 0) }
  }

  /// The commit at an offset and the length of its member; nil for what a crash can leave.
  private mutating func commit(
    at offset: Int, of number: Int64, in bytes: [UInt8]
  ) throws(ArchiveError) -> (JournalCommit, length: Int)? {
    let member: GzipMember
    do {
      member = try GzipMember(in: bytes, at: offset, limit: Self.memberTextMax)
    } catch {
      switch error {
      case .unknownLayout(let version, _) where version > GzipMember.layoutVersion:
        // A version that writes another layout says so in the identity, which was read first.
        throw damaged(number, offset, "a member of layout \(version)")
      case .tooLarge: throw damaged(number, offset, "a member of more than 1 GiB")
      case .foreign, .unknownLayout, .torn, .damaged: return nil
      }
    }
    let commit: JournalCommit
    do {
      guard member.kind == .journal else {
        throw JournalCommit.Fault.unreadable("a member that belongs to a segment")
      }
      commit = try JournalCommit(text: member.text)
    } catch {
      // Its checksum is right, so this is what somebody wrote.
      throw damaged(number, offset, "\(error)")
    }
    guard commit.number == position.commit + 1, commit.offset == Int64(offset),
      commit.previous == last.digest.value
    else {
      throw damaged(
        number, offset, "commit \(commit.number) does not follow from what is before it")
    }
    if offset == 0 { try check(opening: commit.events.first, of: number) }
    return (commit, member.compressedLength)
  }

  private mutating func check(
    opening event: JournalEvent?, of number: Int64
  ) throws(ArchiveError) {
    guard case .open(let opening) = event, opening.archive == archive, opening.journal == number,
      opening.previous == (number == 1 ? nil : previousFile)
    else { throw damaged(number, 0, "the file does not follow from the one before it") }
    last.began = opening.time
  }

  private func opening(of number: Int64, in bytes: [UInt8]) throws(ArchiveError) -> JournalOpening?
  {
    guard let member = try? GzipMember(in: bytes, at: 0, limit: Self.memberTextMax),
      let commit = try? JournalCommit(text: member.text),
      case .open(let opening) = commit.events.first
    else { throw damaged(number, 0, "the file has no first line") }
    return opening
  }

  /// A crash leaves one torn member at the very end. If a whole one follows, bytes went bad.
  private func refuseDamage(
    after position: JournalPosition, in bytes: [UInt8], file: Int64
  ) throws(ArchiveError) {
    guard let tail = tornTail else { return }
    if file < Int64(files.count) {
      throw damaged(file, Int(tail.validLength), "a commit is broken, and another file follows")
    }
    var start = Int(tail.validLength) + 1
    while let offset = GzipMember.nextOffset(in: bytes, from: start) {
      let member = try? GzipMember(in: bytes, at: offset, limit: Self.memberTextMax)
      if let member, member.kind == .journal, JournalCommit.isFinished(member.text) {
        throw damaged(
          file, Int(tail.validLength), "a commit is broken, and a whole one follows it")
      }
      start = offset + 1
    }
  }

  private func content(of number: Int64) throws(ArchiveError) -> [UInt8] {
    let path = ArchiveLayout.journalPath(number)
    guard let bytes = try storage.contents(of: path) else {
      throw .damaged(ArchiveDamage(.journal, path: path, "the file is missing"))
    }
    return bytes
  }

  private static func digest(of bytes: [UInt8]) -> SHA256Digest { SHA256Digest(of: bytes) }

  private func damaged(_ number: Int64, _ offset: Int, _ detail: String) -> ArchiveError {
    .damaged(
      ArchiveDamage(
        .journal, path: ArchiveLayout.journalPath(number), offset: Int64(offset), detail))
  }
}
