// mailmove: what a crash leaves in the segments.
// SPDX-License-Identifier: Apache-2.0

/// Finds what differs between the segments' files and the journal, tells what a crash leaves from
/// damage, and cleans up the first.
///
/// A crash leaves bytes behind the committed end, and new files that no commit names. Anything else
/// is damage: then nothing is changed.
struct SegmentRecovery {
  private enum Repair {
    case truncate(path: String, length: Int64)
    case remove(path: String)
  }

  private let storage: any Storage
  private var repairs: [Repair] = []

  /// Compares everything; changes nothing.
  init(_ segments: [ArchiveSegment], in storage: any Storage) throws(ArchiveError) {
    self.storage = storage
    let checksums = try ChecksumList.read(from: storage)
    for segment in segments where segment.state != .dropped { try compare(segment) }
    let known = Dictionary(
      segments.map { ($0.path, $0.state) }, uniquingKeysWith: { first, _ in first })
    let highest = segments.map(\.id).max() ?? 0
    for path in try Self.files(in: storage) {
      guard let state = known[path] else {
        try judge(stranger: path, highest: highest, checksums)
        continue
      }
      if state == .dropped { repairs.append(.remove(path: path)) }
    }
  }

  /// Every file that has the name of a segment.
  static func files(in storage: any Storage) throws(ArchiveError) -> [String] {
    var paths: [String] = []
    for year in try storage.names(in: ArchiveLayout.segments).sorted() {
      let directory = ArchiveLayout.segments + "/" + year
      guard try storage.status(of: directory)?.isDirectory == true else { continue }
      for name in try storage.names(in: directory).sorted()
      where ArchiveLayout.number(of: name, suffix: ArchiveLayout.segmentSuffix) != nil {
        paths.append(directory + "/" + name)
      }
    }
    return paths
  }

  private mutating func compare(_ segment: ArchiveSegment) throws(ArchiveError) {
    guard let size = try storage.status(of: segment.path)?.size else {
      throw damaged(
        segment.path, "the file is missing, and with it \(segment.messages) messages")
    }
    if size == segment.bytes { return }
    guard size > segment.bytes, segment.state == .open else {
      throw damaged(
        segment.path,
        "it has \(size) bytes, and \(segment.bytes) were committed")
    }
    repairs.append(.truncate(path: segment.path, length: segment.bytes))
  }

  /// A file that no commit names: a crash leaves only new numbers, never sealed ones.
  private mutating func judge(
    stranger path: String, highest: Int64, _ checksums: ChecksumList
  ) throws(ArchiveError) {
    let name = path.split(separator: "/").last ?? ""
    let number = ArchiveLayout.number(of: name, suffix: ArchiveLayout.segmentSuffix) ?? 0
    let isWritable = try storage.status(of: path)?.isWritable ?? true
    guard number > highest, isWritable, checksums[path] == nil else {
      throw damaged(path, "the journal does not know this segment")
    }
    repairs.append(.remove(path: path))
  }

  private func damaged(_ path: String, _ detail: String) -> ArchiveError {
    .damaged(ArchiveDamage(.segment, path: path, detail))
  }

  /// Cleans up, and returns when that is on disk.
  func repair() throws(ArchiveError) {
    for repair in repairs {
      switch repair {
      case .truncate(let path, let length):
        let file = try storage.open(path, creating: false)
        try file.truncate(to: length)
        try file.synchronize()
        try file.close()
      case .remove(let path):
        try storage.remove(path)
        try storage.synchronizeDirectory(ArchiveLayout.directory(of: path))
      }
    }
  }
}
