// mailmove: the subcommand archive export.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailArchive
import MailEndpoints
import MailJobs
import SyncEngine

/// Copies mail out of an archive into a format that other programs read.
struct ArchiveExportCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Copy mail out of an archive as mbox, Maildir or single files.",
    usage: "mailmove archive export <archive> <folder-to-make> [<options>]",
    discussion: """
      EXAMPLE
        mailmove archive export /srv/mail-archive mail-2019 --format maildir \\
          --folder INBOX --folder 'Work/*' --since 2019-01-01 --before 2020-01-01

      Nothing is overwritten: the folder to make must be new or empty. Days begin
      at midnight UTC and are those of arrival (INTERNALDATE); a message without
      such a date is in no span of days. docs/archive.md has the formats.

      EXIT CODES
        0        exported
        1        a fault in mailmove
        2        wrong usage, such as an occupied folder; nothing was touched
        3        exported, but damaged messages were left out
        7        no such archive, it cannot be read, or the disk
        130, 143 interrupted
      """)

  @Argument(help: "The archive: /path or archive:/path.")
  var archive: String
  @Argument(help: "The folder to make.")
  var folderToMake: String
  @Option(
    help: ArgumentHelp(
      "The format of the mail.",
      valueName: ExportFormat.allCases.map(\.rawValue).joined(separator: "|")))
  var format: String
  @Option(help: ArgumentHelp("Only folders that match GLOB; repeatable.", valueName: "GLOB"))
  var folder: [String] = []
  @Option(help: ArgumentHelp("Only mail that came on DAY or later.", valueName: "DAY"))
  var since: String?
  @Option(help: ArgumentHelp("Only mail that came before DAY.", valueName: "DAY"))
  var before: String?
  @Option(help: ArgumentHelp("Only the account with this label.", valueName: "LABEL"))
  var account: String?
  @Flag(help: "Also messages that have vanished at the server they came from.")
  var all = false
  @OptionGroup(title: "Output") var output: ArchiveOutput

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let terminal = try output.terminal(surroundings)
    do {
      let format = try format(named: format)
      var selection = try span()
      selection.includesGone = all
      return try await OpenArchive.reading(archive, account: account) { archive in
        let folders = try archive.folders(matching: folder)
        selection.folders = Set(folders.map(\.folder.id))
        try OutputFolder.insist(on: folderToMake, besides: archive.path)
        let selected = selection
        let sink = try await OutputFolder.make(folderToMake) { () throws(ArchiveError) in
          WatchedSink(try format.sink(at: folderToMake), terminal)
        }
        let report = try await OutputFolder.fill(folderToMake) { () throws(ArchiveError) in
          try await ArchiveExport(archive.reader).run(selected, into: sink)
        }
        let text = ArchiveExportText(
          report: report, format: format.rawValue, folder: folderToMake,
          vanished: all ? 0 : try await vanished(in: folders, archive.reader))
        return tell(text, terminal)
      }
    } catch { return terminal.tell(error) }
  }

  private func format(named name: String) throws(UsageError) -> ExportFormat {
    let names = ExportFormat.allCases.map(\.rawValue)
    do { try SettingKind.choice(names).check(name) } catch { throw error.at("--format") }
    return ExportFormat(rawValue: name) ?? .mbox
  }

  private func span() throws(UsageError) -> ArchiveExport.Selection {
    var selection = ArchiveExport.Selection()
    if let since {
      do { selection.since = try CalendarDay.start(of: since) } catch {
        throw error.at("--since")
      }
    }
    if let before {
      do { selection.before = try CalendarDay.start(of: before) } catch {
        throw error.at("--before")
      }
    }
    if let since = selection.since, let before = selection.before, since >= before {
      throw UsageError("no day is since \(self.since ?? "") and before \(self.before ?? "")")
    }
    return selection
  }

  /// How many messages of the folders are left out because they vanished at the source.
  private func vanished(
    in folders: [OpenArchive.Folder], _ reader: ArchiveReader
  ) async throws -> Int64 {
    try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
      var count: Int64 = 0
      for folder in folders {
        count += try await reader.extent(of: folder.folder, includingGone: true).messages
        count -= try await reader.extent(of: folder.folder).messages
      }
      return count
    }
  }

  private func tell(_ text: ArchiveExportText, _ terminal: Terminal) -> ExitStatus {
    let status = ExitStatus(text.report)
    terminal.event("export", text.fields(exit: status))
    guard !terminal.manner.isJSON else { return status }
    DamageText.tell(text.report.damages, "left out", terminal)
    guard !terminal.manner.isQuiet else { return status }
    terminal.result(text.summary, .strong)
    for remark in text.remarks { terminal.word(remark) }
    return status
  }
}
