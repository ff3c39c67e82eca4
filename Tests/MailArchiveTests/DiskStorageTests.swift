// mailmove: what the real storage promises.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

@testable import MailArchive

@Suite("The archive's storage on a disk")
struct DiskStorageTests {
  private func mode(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  @Test("makes files and directories that are nobody else's business")
  func modes() throws {
    let folder = try TemporaryFolder()
    let storage = DiskStorage(root: folder.file("archive/"))
    try storage.makeDirectory("")
    try storage.makeDirectory("segments")
    try storage.makeDirectory("segments")
    let file = try storage.open("segments/x", creating: true)
    try file.append(Array("abc".utf8))
    try file.synchronize()
    try file.close()
    try storage.synchronizeDirectory("segments")
    #expect(try mode(folder.file("archive")) == 0o700)
    #expect(try mode(folder.file("archive/segments")) == 0o700)
    #expect(try mode(folder.file("archive/segments/x")) == 0o600)
    try storage.protect("segments/x")
    #expect(try storage.status(of: "segments/x")?.isWritable == false)
    #expect(try storage.names(in: "segments") == ["x"])
    #expect(try storage.names(in: "nowhere").isEmpty)
    #expect(try storage.status(of: "nowhere") == nil)
  }

  @Test("reads what is there, however much is asked for")
  func readsWithinTheFile() throws {
    let folder = try TemporaryFolder()
    let storage = DiskStorage(root: folder.path)
    let file = try storage.open("x", creating: true)
    try file.append(Array("abcdef".utf8))
    #expect(try storage.read("x", at: 2, count: 3) == Array("cde".utf8))
    #expect(try storage.read("x", at: 4, count: .max) == Array("ef".utf8))
    #expect(try storage.read("x", at: 7, count: 1).isEmpty)
    #expect(try storage.read("x", at: -1, count: 1).isEmpty)
    #expect(try storage.read("x", at: 0, count: -1).isEmpty)
    #expect(throws: ArchiveError.self) { try storage.open("x", creating: true) }
    #expect(throws: ArchiveError.self) { try storage.open("y", creating: false) }
    try file.truncate(to: 2)
    try file.append(Array("z".utf8))
    #expect(try storage.contents(of: "x") == Array("abz".utf8))
    try file.close()
    #expect(throws: ArchiveError.self) { try file.append([1]) }
  }

  @Test("replaces a file as a whole, also over what an earlier crash left")
  func replaces() throws {
    let folder = try TemporaryFolder()
    let storage = DiskStorage(root: folder.path)
    try storage.open("HEAD.tmp", creating: true).close()
    try storage.replace("HEAD", with: Array("one".utf8))
    try storage.replace("HEAD", with: Array("two".utf8))
    #expect(try storage.contents(of: "HEAD") == Array("two".utf8))
    #expect(try storage.names(in: "") == ["HEAD"])
  }

  @Test("puts many files on the disk and closes them, or says what the first one failed of")
  func settles() throws {
    let folder = try TemporaryFolder()
    let storage = DiskStorage(root: folder.path)
    for count in [0, 1, 100] {
      let files = try (0..<count).map { number in
        let file = try storage.open("\(count) \(number)", creating: true)
        try file.append(Array("\(number)".utf8))
        return file
      }
      try storage.settle(files)
      for file in files { #expect(throws: ArchiveError.self) { try file.append([1]) } }
    }
    for failing in [0, 40, 99] {
      let files = try (0..<100).map { try storage.open("\(failing) - \($0)", creating: true) }
      try files[failing].close()
      try files[99].close()
      let path = folder.file("\(failing) - \(failing)")
      #expect(throws: ArchiveError.failed("writing", path, errno: EBADF)) {
        try storage.settle(files)
      }
    }
  }

  @Test("gives the lock to one at a time, and back when its holder is gone")
  func locks() throws {
    let folder = try TemporaryFolder()
    let storage = DiskStorage(root: folder.path)
    do {
      let lock = try storage.lock()
      #expect(throws: ArchiveError.locked(path: folder.path)) { try storage.lock() }
      withExtendedLifetime(lock) {}
    }
    let lock = try storage.lock()
    lock.release()
    try storage.lock().release()
  }

  @Test("gives the lock back although a child that is just starting has a copy of it")
  func locksOfAChild() throws {
    let folder = try TemporaryFolder()
    let storage = DiskStorage(root: folder.path)
    let lock = try storage.lock()
    let copied = CopiedDescriptors(of: folder.file(ArchiveLayout.lock))
    #expect(copied.copies.count == 1)
    lock.release()
    try withExtendedLifetime(copied) { try storage.lock().release() }
  }

  @Test("may be reached by a link, and has none inside")
  func links() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("real"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "real")
    for path in ["link", "link/", "link/."] {
      let writer = try await ArchiveWriter.open(at: folder.file(path))
      let account = try await writer.account("me")
      _ = try await writer.folder("INBOX", in: account, FolderProperties())
      _ = try await writer.close()
    }
    #expect(try ArchiveReader.open(at: folder.file("link")).identity.uuid.isEmpty == false)
    #expect(try await ArchiveCheck(at: folder.file("real")).run(.messages).isClean)
    let storage = DiskStorage(root: folder.file("real"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("real/inside"), withDestinationPath: folder.path)
    #expect(try storage.status(of: "inside")?.isDirectory == false)
    #expect(try DiskStorage(root: folder.file("nowhere")).status(of: "") == nil)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("dangling"), withDestinationPath: "nowhere")
    await #expect(throws: ArchiveError.self) {
      try await ArchiveWriter.open(at: folder.file("dangling"))
    }
  }
}
