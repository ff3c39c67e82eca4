// mailmove: the folder of the ledgers.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SyncEngine

/// The folder that holds the ledgers, one file a job.
package struct StateFolder: Sendable, Equatable {
  package let path: String

  /// The folder chosen, or `mailmove` in `$XDG_STATE_HOME`, or `~/.local/state/mailmove`.
  package init(_ settings: Settings, environment: [String: String]) throws(UsageError) {
    if let chosen = settings.text(.state) {
      path = chosen
    } else {
      path = try BaseFolder.path(
        "XDG_STATE_HOME", orHome: ".local/state", orOption: "--state DIR",
        environment: environment)
    }
  }

  package func ledger(_ name: LedgerName) -> String { path + "/" + name.fileName }

  /// Makes sure that the folder can be made, without making it.
  package func check() throws(SyncError) {
    var folder = URL(fileURLWithPath: path)
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
      folder.deleteLastPathComponent()
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue, FileManager.default.isWritableFile(atPath: folder.path)
    else { throw unwritable }
  }

  /// Makes the folder, for its owner alone, and makes sure that files can be made in it.
  package func prepare() throws(SyncError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw unwritable
    }
    guard FileManager.default.isWritableFile(atPath: path) else { throw unwritable }
  }

  /// The ledgers in it, by name; empty when there is no folder.
  package func ledgers() -> [LedgerName] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.filter { $0.hasSuffix(LedgerName.suffix) }.sorted()
      .map { LedgerName(job: String($0.dropLast(LedgerName.suffix.count))) }
  }

  private var unwritable: SyncError {
    SyncError(
      .stateUnwritable, scope: .run, remedy: .stop, side: .local, detail: SafeText.visible(path))
  }
}

/// The folders of the XDG Base Directory Specification.
enum BaseFolder {
  static func path(
    _ variable: String, orHome fallback: String, orOption option: String,
    environment: [String: String]
  ) throws(UsageError) -> String {
    // The specification: a relative path is to be ignored.
    if let base = environment[variable], base.hasPrefix("/") { return base + "/mailmove" }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw UsageError(
        "there is no home folder (HOME is not set)",
        hint: "give \(option), or set \(variable) or HOME")
    }
    return "\(home)/\(fallback)/mailmove"
  }
}
