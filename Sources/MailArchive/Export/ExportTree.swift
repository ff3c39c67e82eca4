// mailmove: folders as directories.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A new directory with one place for each folder: the account, then the levels of its name.
///
/// Nothing is overwritten: the directory must be empty or missing at the beginning, and every file
/// is new. Two folders never share a place, also where the file system does not tell `Work` from
/// `work`, or a composed `é` from a decomposed one.
final class ExportTree {
  let storage: any Storage
  private var places: [Folder: String] = [:]
  /// Places as the least exact file system compares them: by characters, without case.
  private var taken: Set<String> = []
  private var made: Set<ExactText> = []
  /// Files that may not be on disk yet, the one used last at the end.
  private var files: [(path: ExactText, file: any StorageFile)] = []
  /// Files that are made by `append`.
  private var begun: Set<ExactText> = []

  private struct Folder: Hashable {
    let account: ExactText
    let name: ExactText
  }

  /// Files that are open at one time: their bytes go to the disk together, which takes about as
  /// long as for one of them. Few, since a process may have no more than 256 files.
  private static let filesMax = 32

  /// - Parameter storage: where the tree is the root.
  init(_ storage: any Storage) throws(ArchiveError) {
    self.storage = storage
    guard let status = try storage.status(of: "") else {
      try storage.makeDirectory("")
      do throws(ArchiveError) { try storage.synchronizeDirectory("..") } catch {
        // A directory that may be used and not listed cannot be opened to wait for it.
        guard case .readOnly = error else { throw error }
      }
      return
    }
    guard status.isDirectory, try storage.names(in: "").isEmpty else {
      throw .occupied(path: storage.name)
    }
  }

  /// The place of a message's folder, relative to the tree; the same at every call.
  func place(of message: ExportedMessage) -> String {
    let folder = Folder(
      account: ExactText(message.account), name: ExactText(message.folder))
    if let place = places[folder] { return place }
    let wanted = ([message.account] + message.levels).map { ExportName.of($0) }
      .joined(separator: "/")
    var place = wanted
    var number = 2
    while !taken.insert(place.lowercased()).inserted {
      place = "\(wanted) (\(number))"
      number += 1
    }
    places[folder] = place
    return place
  }

  /// Makes a directory and those above it.
  func provideDirectory(_ path: String) throws(ArchiveError) {
    guard !path.isEmpty, made.insert(ExactText(path)).inserted else { return }
    try provideDirectory(ArchiveLayout.directory(of: path))
    try storage.makeDirectory(path)
  }

  /// Whether a file may have that name, which it then has no more. Throws as making one does.
  func accepts(_ name: String, in directory: String) throws(ArchiveError) -> Bool {
    let path = "\(directory)/\(name)"
    try storage.open(path, creating: true).close()
    // A server of Windows may take what follows a colon for something else than a name.
    let isThere = try storage.names(in: directory).contains { $0.isExactly(name) }
    try storage.remove(path)
    return isThere
  }

  /// Writes a new file whose time of change is that of the message.
  func write(_ message: ExportedMessage, to path: String) throws(ArchiveError) {
    let file = try open(path, creating: true)
    try file.append(message.bytes)
    if let date = message.date { file.setTime(date.secondsSinceEpoch) }
    file.beginSynchronizing()
    try keep(file, at: ExactText(path))
  }

  /// Writes at the end of a file, which is new the first time.
  func append(_ bytes: [UInt8], to path: String) throws(ArchiveError) {
    let path = ExactText(path)
    if let index = files.lastIndex(where: { $0.path == path }) {
      try files[index].file.append(bytes)
      files.append(files.remove(at: index))
      return
    }
    let file = try open(path.text, creating: begun.insert(path).inserted)
    try file.append(bytes)
    try keep(file, at: path)
  }

  /// Returns when every file and every name is on disk.
  func synchronize() throws(ArchiveError) {
    try settle()
    for directory in made { try storage.synchronizeDirectory(directory.text) }
    try storage.synchronizeDirectory("")
  }

  private func open(_ path: String, creating: Bool) throws(ArchiveError) -> any StorageFile {
    do throws(ArchiveError) { return try storage.open(path, creating: creating) } catch {
      // Perhaps too many are open.
      guard !files.isEmpty else { throw error }
      try settle()
      return try storage.open(path, creating: creating)
    }
  }

  private func keep(_ file: any StorageFile, at path: ExactText) throws(ArchiveError) {
    files.append((path, file))
    if files.count >= Self.filesMax { try settle() }
  }

  /// Returns when all bytes are on disk. Network file systems and quotas refuse them only here, or
  /// when the file is closed.
  private func settle() throws(ArchiveError) {
    defer { files = [] }
    try storage.settle(files.map(\.file))
  }
}

extension ExportedMessage {
  /// The folder's name without what is between its levels.
  fileprivate var levels: [String] {
    guard let delimiter, !delimiter.isEmpty else { return [folder] }
    return folder.levels(separatedBy: delimiter)
  }
}
