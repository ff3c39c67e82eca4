// mailmove: what was done to a storage.
// SPDX-License-Identifier: Apache-2.0

/// One change of a storage, as a log has it.
enum StorageOperation: Sendable {
  case makeDirectory(String)
  case create(String, inode: Int)
  case write(inode: Int, [UInt8])
  case truncate(inode: Int, Int)
  case synchronize(inode: Int)
  case rename(String, to: String)
  case remove(String)
  case synchronizeDirectory(String)
  case protect(String)
}

/// What is on a disk: names that lead to directories and files.
struct DiskImage: Sendable, Equatable {
  enum Node: Sendable, Equatable {
    case directory
    case file(inode: Int)
  }

  struct Inode: Sendable, Equatable {
    var bytes: [UInt8] = []
    var isProtected = false
  }

  /// The archive's own directory has the empty name.
  var names: [String: Node] = [:]
  var inodes: [Int: Inode] = [:]

  mutating func apply(_ operation: StorageOperation) {
    switch operation {
    case .makeDirectory(let path): names[path] = .directory
    case .create(let path, let inode):
      names[path] = .file(inode: inode)
      inodes[inode] = Inode()
    case .write(let inode, let bytes): inodes[inode, default: Inode()].bytes += bytes
    case .truncate(let inode, let length):
      let old = inodes[inode]?.bytes ?? []
      inodes[inode]?.bytes =
        Array(old.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - old.count))
    case .rename(let path, let newPath):
      names[newPath] = names[path]
      names[path] = nil
    case .remove(let path): names[path] = nil
    case .protect(let path):
      if case .file(let inode) = names[path] { inodes[inode]?.isProtected = true }
    case .synchronize, .synchronizeDirectory: break
    }
  }

  /// The disk when the program is killed: all operations so far, and a part of the next write.
  init(after operations: some Sequence<StorageOperation>, of start: DiskImage = DiskImage()) {
    self = start
    for operation in operations { apply(operation) }
  }

  init() {}

  /// Everything by name, for comparing.
  var files: [String: [UInt8]] {
    names.compactMapValues { node in
      if case .file(let inode) = node { inodes[inode]?.bytes } else { nil }
    }
  }

  subscript(path: String) -> [UInt8]? {
    get { files[path] }
    set {
      guard let newValue else {
        names[path] = nil
        return
      }
      let inode = (inodes.keys.max() ?? 0) + 1
      names[path] = .file(inode: inode)
      inodes[inode] = Inode(bytes: newValue)
    }
  }
}
