// mailmove: the subcommand archive ls.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailArchive
import MailEndpoints
import MailJobs
import SyncEngine

/// Lists what is in an archive.
struct ArchiveListCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List accounts and folders with counts and dates, or the messages of a folder.",
    usage: "mailmove archive ls <archive> [<folder>] [<options>]",
    discussion: """
      EXAMPLE
        mailmove archive ls /srv/mail-archive
        mailmove archive ls /srv/mail-archive INBOX --all

      Dates are those of arrival (INTERNALDATE); days of folders are in UTC.

      EXIT CODES
        0        listed
        1        a fault in mailmove
        2        wrong usage, such as no such folder
        7        there is no such archive, or it cannot be read
        130, 143 interrupted
      """)

  @Argument(help: "The archive: /path or archive:/path.")
  var archive: String
  @Argument(help: "A folder, with / between levels; without one, folders are listed.")
  var folder: String?
  @Option(help: ArgumentHelp("Only the account with this label.", valueName: "LABEL"))
  var account: String?
  @Flag(help: "Also messages that have vanished at the server they came from.")
  var all = false
  @Flag(name: Setting.json.optionName, help: Setting.json.help)
  var json = false

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let isJSON =
      try json
      || Settings([Settings.choices(in: surroundings.environment, of: [.json])]).isOn(.json)
    let terminal = Terminal(Terminal.Manner(isJSON: isJSON), surroundings)
    do {
      return try await OpenArchive.reading(archive, account: account) { archive in
        if let folder {
          try await listMessages(of: try archive.folder(named: folder), in: archive, terminal)
        } else {
          try await listFolders(of: archive, terminal)
        }
        return .success
      }
    } catch { return terminal.tell(error) }
  }

  private func listFolders(of archive: OpenArchive, _ terminal: Terminal) async throws {
    let reader = archive.reader
    let all = all
    let text = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
      var lines: [ArchiveListText.Line] = []
      for folder in archive.folders {
        let present = try await reader.extent(of: folder.folder)
        let whole = try await reader.extent(of: folder.folder, includingGone: true)
        lines.append(
          ArchiveListText.Line(
            folder: folder, shown: all ? whole : present,
            vanished: whole.messages - present.messages))
      }
      return ArchiveListText(
        accounts: archive.accounts, lines: lines, showsVanished: all,
        bytesOnDisk: try await reader.segments().reduce(0) { $0 &+ $1.bytes },
        position: try await reader.position())
    }
    for line in text.lines { terminal.event("folder", ArchiveListText.fields(of: line)) }
    terminal.event("archive", text.fields)
    guard !terminal.manner.isJSON else { return }
    for line in text.table { terminal.result(line) }
    terminal.result(text.summary, .strong)
    if let remark = text.remark { terminal.word(remark) }
  }

  /// A line for each message as it is read, since there may be millions.
  private func listMessages(
    of folder: OpenArchive.Folder, in archive: OpenArchive, _ terminal: Terminal
  ) async throws {
    let text = ArchiveMessageText(folder: folder)
    let reader = archive.reader
    let all = all
    var uid: UInt32 = 0
    var isFirst = true
    while true {
      let after = uid
      let page = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
        try await reader.placements(in: folder.folder, after: after, includingGone: all)
      }
      guard let last = page.last else { break }
      uid = last.key.uid
      if isFirst, !terminal.manner.isJSON { terminal.result(text.title) }
      isFirst = false
      for placement in page {
        terminal.event("message", text.fields(of: placement))
        if !terminal.manner.isJSON { terminal.result(text.line(placement)) }
      }
    }
    if isFirst, !terminal.manner.isJSON {
      terminal.word("\(SafeText.visible(folder.path)) holds no messages")
    }
  }
}
