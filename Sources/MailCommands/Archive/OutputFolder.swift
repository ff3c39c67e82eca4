// mailmove: where mail is exported to.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailEndpoints
import MailJobs
import SyncEngine

/// The folder that mail is exported to: new or empty, since nothing is ever overwritten.
enum OutputFolder {
  /// Insists that mail can be put there, before anything is touched.
  static func insist(on path: String, besides archive: String) throws {
    guard !path.isEmpty else { throw UsageError("the folder to make has no name") }
    let place = resolved(path)
    guard !(place + "/").hasPrefix(resolved(archive) + "/") else {
      throw UsageError("\(path) is inside the archive", hint: "give a folder outside of it")
    }
    let storage = DiskStorage(root: path)
    let (status, names) = try SyncError.fromFolder { () throws(ArchiveError) in
      (try storage.status(of: ""), try storage.names(in: ""))
    }
    guard let status else {
      let parent = URL(fileURLWithPath: place).deletingLastPathComponent().path
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: parent, isDirectory: &isDirectory),
        isDirectory.boolValue
      else {
        throw UsageError("there is no folder \(parent)", hint: "make it first, or give another")
      }
      return
    }
    guard status.isDirectory else {
      throw UsageError("\(path) is there, and no folder", hint: "give a folder that is new")
    }
    guard names.isEmpty else {
      throw UsageError(
        "\(path) is not empty, and nothing is ever overwritten",
        hint: "give a folder that is new or empty")
    }
  }

  /// Fills it; when that fails, what is in it would be in the way of another try.
  static func fill<Filled>(
    _ path: String, _ body: () async throws(ArchiveError) -> Filled
  ) async throws(SyncError) -> Filled {
    do throws(ArchiveError) { return try await body() } catch {
      var side = SyncError.Side.source
      if case .notExported = error { side = .target }
      let known = SyncError(error, side: side)
      let first =
        switch known.cause {
        case .diskFull: "make room"
        case .exportFailed: "check the disk that it is on"
        case .archiveFailed: known.specificHint ?? "check the archive's disk"
        default: known.hint
        }
      throw SyncError(
        known.cause, scope: known.scope, remedy: known.remedy, side: side, detail: known.detail,
        hint: "\(first); \(path) is not complete: remove it, or give another folder, and then run "
          + "the command again")
    }
  }

  /// Makes it; that it cannot be made is for the user to put right.
  static func make<Made>(
    _ path: String, _ body: () async throws(ArchiveError) -> Made
  ) async throws -> Made {
    do throws(ArchiveError) { return try await body() } catch {
      var reason: String?
      if case .readOnly = error { reason = "permission denied" }
      if case .io("making", _, let words) = error { reason = words.lowercased() }
      guard let reason else { throw SyncError(.notExported(error), side: .target) }
      throw UsageError("\(path) cannot be made: \(reason)", hint: "give another folder")
    }
  }

  /// Without links in what exists of it.
  private static func resolved(_ path: String) -> String {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    if FileManager.default.fileExists(atPath: url.path) {
      return url.resolvingSymlinksInPath().path
    }
    return url.deletingLastPathComponent().resolvingSymlinksInPath()
      .appendingPathComponent(url.lastPathComponent).path
  }
}

extension SyncError {
  /// Looks at the folder that is to be filled.
  fileprivate static func fromFolder<Result>(
    _ body: () throws(ArchiveError) -> Result
  ) throws(SyncError) -> Result {
    do throws(ArchiveError) { return try body() } catch { throw SyncError(error, side: .target) }
  }
}
