// mailmove: an archive with its folders as people name them.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailEndpoints
import MailJobs
import SyncEngine

/// An archive that is open for reading, with its folders as people name them.
struct OpenArchive: Sendable {
  /// A folder and whose it is.
  struct Folder: Sendable {
    let account: String
    let folder: ArchiveFolder
    /// Its name with `/` between the levels.
    let path: String
  }

  /// As typed.
  let path: String
  let reader: ArchiveReader
  /// The labels of the accounts that were chosen.
  let accounts: [String]
  /// Their folders: account by account, INBOX first, then by name.
  let folders: [Folder]

  /// Opens an archive, for as long as the body runs.
  ///
  /// Throws `SyncError`, and `UsageError` if there is no such account.
  ///
  /// - Parameters:
  ///   - argument: as typed.
  ///   - account: the label of the only account that counts.
  static func reading<Result>(
    _ argument: String, account: String? = nil, _ body: (OpenArchive) async throws -> Result
  ) async throws -> Result {
    let path = try ArchiveArgument.path(argument)
    let reader = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
      try ArchiveReader.open(at: path)
    }
    do {
      let archive = try await OpenArchive(path, reader, account: account)
      let result = try await body(archive)
      try? reader.close()
      return result
    } catch {
      try? reader.close()
      throw error
    }
  }

  private init(_ path: String, _ reader: ArchiveReader, account: String?) async throws {
    self.path = path
    self.reader = reader
    let known = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
      try await reader.accounts()
    }
    let labels = PathTwins(known.map(\.label))
    let chosen = known.filter { known in
      account.map { labels.isMeant(known.label, by: $0) } ?? true
    }
    if let account, chosen.isEmpty {
      throw UsageError(
        "the archive holds no account '\(account)'",
        hint: Suggestion.closest(to: account, in: known.map(\.label))
          ?? "it holds: \(known.map(\.label).joined(separator: ", "))")
    }
    var folders: [Folder] = []
    for account in chosen {
      let found = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
        try await reader.folders(of: account.id)
      }
      folders += found.map { Folder(account: account.label, folder: $0, path: Self.path(of: $0)) }
        .sorted { Self.rank($0) < Self.rank($1) }
    }
    accounts = chosen.map(\.label)
    self.folders = folders
  }

  private static func rank(_ folder: Folder) -> (Int, String) {
    (folder.path == "INBOX" ? 0 : 1, folder.path)
  }

  /// A folder's name with `/` between the levels, whatever the server used.
  static func path(of folder: ArchiveFolder) -> String {
    path(of: folder.name, delimiter: folder.delimiter)
  }

  static func path(of name: String, delimiter: String?) -> String {
    guard let delimiter, !delimiter.isEmpty else { return name }
    return name.levels(separatedBy: delimiter).joined(separator: "/")
  }

  /// The one folder with a name.
  func folder(named name: String) throws(UsageError) -> Folder {
    let typed = MailboxPath.withInboxInCapitals(name)
    let twins = PathTwins(folders.map(\.path) + folders.map(\.folder.name))
    var found = folders.filter {
      twins.isMeant(MailboxPath.withInboxInCapitals($0.path), by: typed)
    }
    if found.isEmpty { found = folders.filter { twins.isMeant($0.folder.name, by: name) } }
    guard let first = found.first else {
      throw UsageError(
        "the archive holds no folder '\(name)'",
        hint: Suggestion.closest(to: name, in: folders.map(\.path)) ?? listing)
    }
    guard Set(found.map(\.folder.account)).count == 1 else {
      throw UsageError(
        "several accounts have a folder '\(name)'",
        hint: "choose one with --account: "
          + found.map(\.account).sorted().joined(separator: ", "))
    }
    return first
  }

  /// The folders that match any of the patterns; all of them if there are no patterns.
  func folders(matching patterns: [String]) throws(UsageError) -> [Folder] {
    guard !patterns.isEmpty else { return folders }
    let twins = PathTwins(folders.map(\.path))
    var chosen: Set<FolderID> = []
    for pattern in patterns {
      let glob = Glob(pattern)
      let matching = folders.filter { glob.means($0.path, twins: twins.twins(of: $0.path)) }
      if matching.isEmpty {
        throw UsageError(
          "--folder: no folder of the archive matches '\(pattern)'",
          hint: Suggestion.closest(to: pattern, in: folders.map(\.path)) ?? listing)
      }
      chosen.formUnion(matching.map(\.folder.id))
    }
    return folders.filter { chosen.contains($0.folder.id) }
  }

  private var listing: String {
    "'\(ShellText.line(["mailmove", "archive", "ls", path]))' lists the folders"
  }
}
