// mailmove: folders as directories.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailWire

/// A new directory with one place for each folder: the account, then the levels of its name.
///
/// Nothing is overwritten: the directory must be empty or missing at the beginning, and every file
/// is new. Two folders never share a place, also where the file system does not tell `Work` from
/// `work`.
final class ExportTree {
  let storage: DiskStorage
  private var places: [Folder: String] = [:]
  private var taken: Set<String> = []
  private var made: Set<String> = []

  private struct Folder: Hashable {
    let account: String
    let name: String
  }

  /// Bytes of a name in a path; file systems allow 255, and some need room for more.
  private static let nameBytesMax = 150

  init(at path: String) throws(ArchiveError) {
    storage = DiskStorage(root: path)
    guard let status = try storage.status(of: "") else {
      try storage.makeDirectory("")
      return
    }
    guard status.isDirectory, try storage.names(in: "").isEmpty else {
      throw .occupied(path: path)
    }
  }

  /// The place of a message's folder, relative to the tree; the same at every call.
  func place(of message: ExportedMessage) -> String {
    let folder = Folder(account: message.account, name: message.folder)
    if let place = places[folder] { return place }
    let levels =
      message.delimiter.map { delimiter in
        delimiter.isEmpty ? [message.folder] : message.folder.components(separatedBy: delimiter)
      } ?? [message.folder]
    let wanted = ([message.account] + levels).map(Self.name).joined(separator: "/")
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
    guard !path.isEmpty, made.insert(path).inserted else { return }
    try provideDirectory(ArchiveLayout.directory(of: path))
    try storage.makeDirectory(path)
  }

  /// Writes a new file whose time of change is that of the message.
  func write(_ message: ExportedMessage, to path: String) throws(ArchiveError) {
    let file = try storage.open(path, creating: true)
    defer { file.close() }
    try file.append(message.bytes)
    guard let date = message.date else { return }
    // Some file systems have no room for such a time; the message matters more.
    let time = timespec(tv_sec: time_t(date.secondsSinceEpoch), tv_nsec: 0)
    _ = [time, time].withUnsafeBufferPointer {
      utimensat(AT_FDCWD, storage.full(path), $0.baseAddress, 0)
    }
  }

  /// Returns when every file and name is on disk: one call for all, since there may be millions.
  func synchronize() { sync() }

  /// A name that is one part of a path on every file system, and none of those that formats use.
  private static func name(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let isUnfit =
        scalar.properties.generalCategory == .control
        || "/\\:*?\"<>|%".unicodeScalars.contains(scalar)
        || scalar == "." && name.isEmpty
      if isUnfit {
        name +=
          UTF8.encode(scalar)?.map { byte in
            "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
          }.joined() ?? ""
      } else {
        name.unicodeScalars.append(scalar)
      }
    }
    if name.isEmpty { name = "_" }
    if name.utf8.count > nameBytesMax {
      let digest = SHA256Digest(of: Array(text.utf8)).description.prefix(16)
      while name.utf8.count > nameBytesMax - 17 { name.unicodeScalars.removeLast() }
      name += "-" + digest
    }
    let lower = name.lowercased()
    let isUsed =
      ["cur", "new", "tmp"].contains(lower) || lower.hasSuffix(".mbox") || lower.hasSuffix(".eml")
    return isUsed ? name + "_" : name
  }
}
