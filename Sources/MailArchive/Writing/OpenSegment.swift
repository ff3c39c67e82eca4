// mailmove: a segment that still takes mail.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A segment that takes mail of its year until it is sealed.
final class OpenSegment {
  let id: Int64
  let path: String
  private(set) var length: Int64
  private(set) var digest: RunningDigest
  /// The directory it is in was made together with it.
  let directoryIsNew: Bool
  /// The name is not known to be on disk.
  private var isNew: Bool
  private var file: (any StorageFile)?

  /// A new segment, whose file is made here.
  init(
    id: Int64, year: String, in storage: any Storage
  ) throws(ArchiveError) {
    self.id = id
    path = ArchiveLayout.segmentPath(id, year: year)
    length = 0
    digest = RunningDigest()
    isNew = true
    let directory = ArchiveLayout.directory(of: path)
    directoryIsNew = try storage.status(of: directory) == nil
    if directoryIsNew { try storage.makeDirectory(directory) }
    file = try storage.open(path, creating: true)
  }

  /// A segment that has mail; `digest` is over its committed bytes.
  init(id: Int64, path: String, length: Int64, digest: RunningDigest) {
    self.id = id
    self.path = path
    self.length = length
    self.digest = digest
    isNew = false
    directoryIsNew = false
  }

  var end: JournalCommit.SegmentEnd {
    JournalCommit.SegmentEnd(length: length, digest: digest.value)
  }

  func append(_ member: [UInt8], in storage: any Storage) throws(ArchiveError) {
    if file == nil { file = try storage.open(path, creating: false) }
    try file?.append(member)
    length += Int64(member.count)
    digest.update(member)
  }

  /// Returns when everything appended is on disk, and so are the names that lead to it.
  func synchronize(in storage: any Storage) throws(ArchiveError) {
    try file?.synchronize()
    guard try file?.isInPlace(length: length) ?? true else {
      throw .displaced(path: storage.name)
    }
    if isNew {
      let directory = ArchiveLayout.directory(of: path)
      try storage.synchronizeDirectory(directory)
      if directoryIsNew { try storage.synchronizeDirectory(ArchiveLayout.segments) }
    }
    isNew = false
    defer { file = nil }
    try file?.close()
  }
}
