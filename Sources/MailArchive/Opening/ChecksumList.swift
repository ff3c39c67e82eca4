// mailmove: the checksums of sealed segments.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The file `SHA256SUMS`, which `sha256sum -c` reads: every sealed segment with its SHA-256.
package struct ChecksumList: Sendable, Equatable {
  private var digests: [String: SHA256Digest]
  /// Lines of the file that could not be read.
  private var strayLines = 0

  package init(of segments: [ArchiveSegment]) {
    digests = [:]
    for segment in segments where segment.state == .sealed {
      digests[segment.path] = segment.digest
    }
  }

  /// The digest of a file by its path; nil if it is not in the list.
  package subscript(path: String) -> SHA256Digest? { digests[path] }

  package var isEmpty: Bool { digests.isEmpty }

  /// The text of the file, ordered by path.
  package var text: [UInt8] {
    digests.sorted { $0.key < $1.key }.flatMap { path, digest in
      Array("\(digest)  \(path)\n".utf8)
    }
  }

  /// Reads the file; lines that are damaged are left out, and a missing file is an empty list.
  package static func read(from storage: any Storage) throws(ArchiveError) -> ChecksumList {
    var list = ChecksumList(of: [])
    guard let bytes = try storage.contents(of: ArchiveLayout.checksums) else { return list }
    for line in bytes.split(separator: 0x0A) {
      guard line.count > 66, line.dropFirst(64).prefix(2).elementsEqual("  ".utf8),
        let digest = SHA256Digest(hexadecimal: line.prefix(64))
      else {
        list.strayLines += 1
        continue
      }
      list.digests[String(decoding: line.dropFirst(66), as: UTF8.self)] = digest
    }
    return list
  }

  /// What is wrong with the file; nil where it only lacks what was sealed lately, as after a crash.
  static func damage(
    from segments: [ArchiveSegment], in storage: any Storage
  ) throws(ArchiveError) -> ArchiveDamage? {
    let written = try read(from: storage)
    let expected = ChecksumList(of: segments)
    let dropped = Set(segments.lazy.filter { $0.state == .dropped }.map(\.path))
    let isRight = written.digests.allSatisfy { path, digest in
      expected[path] == digest || dropped.contains(path)
    }
    guard !isRight || written.strayLines > 0 else { return nil }
    return ArchiveDamage(
      .checksums, path: ArchiveLayout.checksums,
      "it had other digests than the journal, and was made again")
  }

  /// Brings the file and the segments' modes up to what is sealed.
  static func refresh(
    from segments: [ArchiveSegment], in storage: any Storage
  ) throws(ArchiveError) {
    for segment in segments where segment.state == .sealed {
      if try storage.status(of: segment.path)?.isWritable == true {
        try storage.protect(segment.path)
      }
    }
    let list = ChecksumList(of: segments)
    let written = try storage.contents(of: ArchiveLayout.checksums)
    if list.text == (written ?? []) { return }
    try storage.replace(ArchiveLayout.checksums, with: list.text)
  }
}
