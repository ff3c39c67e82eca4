// mailmove: making a new archive.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Makes the files of a new archive; a crash in between leaves what the next try goes on with.
enum ArchiveCreation {
  /// What an unfinished creation may have left, beside temporary files.
  private static let ours: Set<String> = [
    ArchiveLayout.lock, ArchiveLayout.readme, ArchiveLayout.segments, ArchiveLayout.journal,
    ArchiveLayout.identity + ".tmp", ArchiveLayout.readme + ".tmp",
  ]

  /// Makes the directory.
  ///
  /// Throws `notAnArchive` if something else is in it.
  static func provideDirectory(_ storage: any Storage) throws(ArchiveError) {
    guard let status = try storage.status(of: "") else {
      try storage.makeDirectory("")
      try storage.synchronizeDirectory("..")
      return
    }
    guard status.isDirectory else {
      throw .notAnArchive(path: storage.name, detail: "it is a file")
    }
    if try storage.status(of: ArchiveLayout.identity) != nil { return }
    let others = try storage.names(in: "").filter { !ours.contains($0) }.sorted()
    if let other = others.first {
      throw .notAnArchive(
        path: storage.name,
        detail: "it holds '\(other)'; a new archive needs an empty directory")
    }
    guard try storage.names(in: ArchiveLayout.segments).isEmpty,
      try storage.names(in: ArchiveLayout.journal).isEmpty
    else {
      throw .notAnArchive(
        path: storage.name, detail: "\(ArchiveLayout.identity) is missing beside its mail")
    }
  }

  /// Makes what is missing; the file that makes it an archive comes last. Needs the lock.
  static func finish(
    _ storage: any Storage, options: ArchiveOptions, now: Int64
  ) throws(ArchiveError) {
    if try storage.status(of: ArchiveLayout.identity) != nil { return }
    try storage.makeDirectory(ArchiveLayout.segments)
    try storage.makeDirectory(ArchiveLayout.journal)
    try storage.replace(ArchiveLayout.readme, with: Array(ArchiveReadme.text.utf8))
    let identity = ArchiveIdentity(
      uuid: UUID().uuidString.lowercased(), created: now, options: options)
    try storage.replace(ArchiveLayout.identity, with: identity.text)
  }
}
