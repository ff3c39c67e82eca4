// mailmove: what can go wrong with an archive.
// SPDX-License-Identifier: Apache-2.0

/// What can go wrong with an archive; never holds content of mail, only paths, numbers and causes.
package enum ArchiveError: Error, Sendable, Equatable {
  /// There is nothing at the path.
  case notFound(path: String)
  /// Something else than an archive is at the path, and it was left as it is.
  case notAnArchive(path: String, detail: String)
  /// What a writer has open is no longer what is at the path: the disk was unmounted, or the
  /// archive moved away or replaced. Nothing counts that was not committed before.
  case displaced(path: String)
  /// Another process is writing to the archive.
  case locked(path: String)
  /// The archive needs a later version of the program.
  case newer(detail: String)
  /// What the journal promises is not in the files, or the journal itself is broken.
  case damaged(ArchiveDamage)
  /// The file system lets nobody write, or not us.
  case readOnly(path: String)
  case diskFull(path: String)
  /// A system call failed.
  case io(operation: String, path: String, reason: String)
  /// The catalog failed in a way that rebuilding it does not cure.
  case catalog(detail: String)
  /// The catalog is damaged; without the file it is made again from the journal.
  case catalogDamaged(detail: String)
  /// There is no such placement, or no bytes for it any more.
  case noSuchMessage(folder: FolderID, uid: UInt32)
  /// There is no account or folder with that number.
  case noSuchFolder(FolderID)
  /// A folder has used up all its UIDs.
  case folderFull(FolderID)
  /// The bytes given do not have the digest they were given with, or do not survive encoding.
  case unfaithful(detail: String)
  /// Something is where files are to be written, and nothing is ever overwritten.
  case occupied(path: String)
  /// Mail that was read could not be put where it was to go; the archive is not at fault.
  indirect case notExported(ArchiveError)
  /// The archive was closed.
  case closed
}

/// A place where an archive is not as it was written.
package struct ArchiveDamage: Sendable, Equatable {
  package enum Part: String, Sendable {
    case identity
    case journal
    case head
    case checksums
    case segment
    case message
    case catalog
  }

  package let part: Part
  /// The file, relative to the archive.
  package let path: String
  /// Bytes from the beginning of the file, where that is known.
  package let offset: Int64?
  package let detail: String

  package init(_ part: Part, path: String, offset: Int64? = nil, _ detail: String) {
    self.part = part
    self.path = path
    self.offset = offset
    self.detail = detail
  }
}

extension ArchiveDamage: CustomStringConvertible {
  package var description: String {
    "\(path)\(offset.map { " at byte \($0)" } ?? ""): \(detail)"
  }
}

extension ArchiveError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let path): "there is no archive at \(path)"
    case .notAnArchive(let path, let detail): "\(path) is no archive: \(detail)"
    case .displaced(let path):
      "the archive at \(path) was moved away, unmounted or replaced while it was written to"
    case .locked(let path): "another run is writing to the archive at \(path)"
    case .newer(let detail): "the archive needs a later version of mailmove: \(detail)"
    case .damaged(let damage): "the archive is damaged: \(damage)"
    case .readOnly(let path): "\(path) cannot be written"
    case .diskFull(let path): "the disk is full: \(path)"
    case .io(let operation, let path, let reason): "\(operation) \(path): \(reason)"
    case .catalog(let detail): "the archive's catalog: \(detail)"
    case .catalogDamaged(let detail): "the archive's catalog is damaged: \(detail)"
    case .noSuchMessage(let folder, let uid): "no message \(uid) in folder \(folder.rawValue)"
    case .noSuchFolder(let folder): "no folder \(folder.rawValue) in the archive"
    case .folderFull(let folder): "folder \(folder.rawValue) has used up its UIDs"
    case .unfaithful(let detail): "a message would not come back as it is: \(detail)"
    case .occupied(let path): "\(path) is not an empty directory"
    case .notExported(let error): "the mail could not be put there: \(error)"
    case .closed: "the archive is closed"
    }
  }
}
