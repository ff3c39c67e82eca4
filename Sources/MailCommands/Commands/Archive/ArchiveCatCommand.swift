// mailmove: the subcommand archive cat.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailArchive
import MailEndpoints
import MailJobs
import MailWire
import SyncEngine

/// Writes one message of an archive to standard output, byte for byte.
struct ArchiveCatCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "cat",
    abstract: "Write one message to standard output: its exact bytes and nothing else.",
    usage: """
      mailmove archive cat <archive> <folder> <uid> [--account <LABEL>]
      mailmove archive cat <archive> --sha256 <HEX>
      """,
    discussion: """
      EXAMPLE
        mailmove archive cat /srv/mail-archive INBOX 7 > message.eml
        mailmove archive cat /srv/mail-archive INBOX 7 | sha256sum

      The bytes are compared with their SHA-256 before the first is written.
      UIDs are the archive's own, as 'mailmove archive ls' shows them. Messages
      that have vanished at the source can be had as well.

      EXIT CODES
        0        written
        1        a fault in mailmove
        2        wrong usage, or there is no such message
        7        there is no such archive, the message is damaged, or standard
                 output did not take all of it
        130, 143 interrupted
      """)

  @Argument(help: "The archive: /path or archive:/path.")
  var archive: String
  @Argument(help: "The folder, with / between levels.")
  var folder: String?
  @Argument(help: "The UID of the message in that folder.")
  var uid: String?
  @Option(help: ArgumentHelp("The message with this SHA-256, wherever it is.", valueName: "HEX"))
  var sha256: String?
  @Option(help: ArgumentHelp("The account whose folder it is.", valueName: "LABEL"))
  var account: String?

  /// What is asked for.
  private enum Wanted: Sendable {
    case message(folder: String, uid: UInt32)
    case digest(SHA256Digest)
  }

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let terminal = Terminal(Terminal.Manner(), surroundings)
    do {
      let wanted = try wanted()
      let bytes = try await OpenArchive.reading(archive, account: account) { archive in
        let message = try await find(wanted, in: archive)
        return try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
          try archive.reader.bytes(of: message)
        }
      }
      try surroundings.deliver(bytes)
      return .success
    } catch let error as UndeliveredOutput {
      // Whoever read has had enough, as `head` has.
      guard !error.isReaderGone else { return .success }
      terminal.word(
        "mailmove: standard output did not take the message: \(error.reason)", .error)
      return .localState
    } catch { return terminal.tell(error) }
  }

  private func wanted() throws(UsageError) -> Wanted {
    if let sha256 {
      guard folder == nil, uid == nil else {
        throw UsageError("--sha256 and a folder exclude each other", hint: "give only one of them")
      }
      guard let digest = SHA256Digest(hexadecimal: sha256.lowercased().utf8) else {
        throw UsageError("--sha256: expected 64 hexadecimal digits")
      }
      return .digest(digest)
    }
    guard let folder, let uid else {
      throw UsageError(
        "the message is missing", hint: "give its folder and its UID, or --sha256")
    }
    guard let number = UInt32(uid), number > 0 else {
      throw UsageError("expected the UID of a message, got '\(uid.prefix(40))'")
    }
    return .message(folder: folder, uid: number)
  }

  private func find(_ wanted: Wanted, in archive: OpenArchive) async throws -> StoredMessage {
    let reader = archive.reader
    switch wanted {
    case .digest(let digest):
      let found = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
        try await reader.storedMessage(with: digest)
      }
      guard let found else {
        throw UsageError("the archive holds no message with that SHA-256")
      }
      return found
    case .message(let name, let uid):
      let folder = try archive.folder(named: name)
      let key = PlacementKey(
        folder: folder.folder.id, uidValidity: folder.folder.uidValidity, uid: uid)
      let found = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
        try await reader.placement(key)
      }
      guard let found else {
        let list = ["mailmove", "archive", "ls", archive.path, folder.path, "--all"]
        throw UsageError(
          "there is no message \(uid) in \(folder.path)",
          hint: "'\(ShellText.line(list))' lists its messages")
      }
      return found.message
    }
  }
}
