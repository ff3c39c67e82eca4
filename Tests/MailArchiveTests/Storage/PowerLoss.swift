// mailmove: what a loss of power leaves.
// SPDX-License-Identifier: Apache-2.0

import MailArchive

/// What is on disk for certain, and what may be.
///
/// Data that was not synchronized may be there, partly there, zeros, or have holes. A name that was
/// not synchronized may be there or not, and one that was removed may be back. Both are independent
/// of each other, and of the order they were done in.
struct PowerLoss {
  private var names: [String: DiskImage.Node] = [:]
  private var synced: [Int: [UInt8]] = [:]
  private var current = DiskImage()
  private var pendingNames: [String: [[String: DiskImage.Node?]]] = [:]
  private var pendingData: [Int: [StorageOperation]] = [:]

  init(after operations: some Sequence<StorageOperation>) {
    for operation in operations { take(operation) }
  }

  private mutating func take(_ operation: StorageOperation) {
    switch operation {
    case .makeDirectory(let path): note(path, [path: .some(.directory)])
    case .create(let path, let inode):
      synced[inode] = []
      note(path, [path: .some(.file(inode: inode))])
    case .write(let inode, _), .truncate(let inode, _):
      pendingData[inode, default: []].append(operation)
    case .synchronize(let inode):
      pendingData[inode] = nil
      synced[inode] = current.inodes[inode]?.bytes
    case .rename(let path, let newPath):
      note(path, [newPath: current.names[path], path: Optional.none])
    case .remove(let path): note(path, [path: Optional.none])
    case .synchronizeDirectory(let path):
      for change in pendingNames.removeValue(forKey: path) ?? [] { make(change, in: &names) }
    case .protect: break
    }
    current.apply(operation)
  }

  private mutating func note(_ path: String, _ change: [String: DiskImage.Node?]) {
    let parent = path.isEmpty ? ".." : ArchiveLayout.directory(of: path)
    pendingNames[parent, default: []].append(change)
  }

  private func make(
    _ change: [String: DiskImage.Node?], in names: inout [String: DiskImage.Node]
  ) {
    for (path, node) in change { names.updateOrRemove(path, node) }
  }

  /// One of the disks that may be found afterwards.
  func image(using generator: inout some RandomNumberGenerator) -> DiskImage {
    var names = names
    for (_, changes) in pendingNames.sorted(by: { $0.key < $1.key }) {
      for change in changes where Bool.random(using: &generator) { make(change, in: &names) }
    }
    var image = DiskImage()
    image.names = names.filter { path, _ in Self.isReachable(path, in: names) }
    for (inode, bytes) in synced.sorted(by: { $0.key < $1.key }) {
      var content = bytes
      for operation in pendingData[inode] ?? [] {
        Self.apply(operation, to: &content, using: &generator)
      }
      image.inodes[inode] = DiskImage.Inode(bytes: content)
    }
    return image
  }

  private static func isReachable(_ path: String, in names: [String: DiskImage.Node]) -> Bool {
    var path = path
    while !path.isEmpty {
      path = ArchiveLayout.directory(of: path)
      guard names[path] == .directory else { return false }
    }
    return true
  }

  private static func apply(
    _ operation: StorageOperation, to content: inout [UInt8],
    using generator: inout some RandomNumberGenerator
  ) {
    switch operation {
    case .write(_, let bytes):
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: break
      case 1: content += bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))
      case 2: content += [UInt8](repeating: 0, count: bytes.count)
      case 3:
        var holed = bytes
        for start in stride(from: 0, to: bytes.count, by: 512)
        where Bool.random(using: &generator) {
          for index in start..<min(start + 512, bytes.count) { holed[index] = 0 }
        }
        content += holed
      default: content += bytes
      }
    case .truncate(_, let length):
      if Bool.random(using: &generator) { content = Array(content.prefix(length)) }
    case .makeDirectory, .create, .synchronize, .rename, .remove, .synchronizeDirectory, .protect:
      break
    }
  }
}

extension [String: DiskImage.Node] {
  fileprivate mutating func updateOrRemove(_ path: String, _ node: DiskImage.Node?) {
    self[path] = node
  }
}
