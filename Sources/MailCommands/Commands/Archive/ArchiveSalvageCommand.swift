// mailmove: the subcommand archive salvage.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailArchive
import MailEndpoints
import MailJobs
import SyncEngine

/// Takes mail out of an archive that has lost more than mail.
struct ArchiveSalvageCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "salvage",
    abstract: "Take every whole message out of the segments of a broken archive.",
    usage: "mailmove archive salvage <archive> <folder-to-make> [<options>]",
    discussion: """
      EXAMPLE
        mailmove archive salvage /srv/mail-archive /srv/mail-archive-new

      For an archive whose journal and catalog are lost or wrong. It looks at
      nothing but segments/, changes nothing there, and takes each message whose
      own SHA-256 is right. Folders and flags are those when it was archived.

      EXIT CODES
        0        everything was whole
        1        a fault in mailmove
        2        wrong usage, such as an occupied folder; nothing was touched
        3        something was lost
        7        there are no segments, or the disk
        130, 143 interrupted
      """)

  @Argument(help: "What is left of the archive: /path or archive:/path.")
  var archive: String
  @Argument(help: "The folder to make.")
  var folderToMake: String
  @Option(
    help: ArgumentHelp(
      "What to make: a new archive (the default) or a format for other programs.",
      valueName: Form.allCases.map(\.name).joined(separator: "|")))
  var format: String?
  @OptionGroup(title: "Output") var output: ArchiveOutput

  /// What is made of the messages.
  private enum Form: Sendable {
    case archive
    case mail(ExportFormat)

    static let allCases = [Form.archive] + ExportFormat.allCases.map { Form.mail($0) }

    var name: String {
      switch self {
      case .archive: "archive"
      case .mail(let format): format.rawValue
      }
    }
  }

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let terminal = try output.terminal(surroundings)
    do {
      let path = try ArchiveArgument.path(archive)
      let form = try form()
      let folder = try ArchiveArgument.path(folderToMake)
      try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
        let names = try DiskStorage(root: path).names(in: ArchiveLayout.segments)
        guard !names.isEmpty else { throw .notFound(path: path) }
      }
      try OutputFolder.insist(on: folder, besides: path)
      let report =
        switch form {
        case .archive: try await fillArchive(at: folder, from: path, terminal)
        case .mail(let format): try await fill(format, at: folder, from: path, terminal)
        }
      return tell(SalvageText(report: report, format: form.name, folder: folder), terminal)
    } catch { return terminal.tell(error) }
  }

  private func form() throws(UsageError) -> Form {
    guard let format else { return .archive }
    let names = Form.allCases.map(\.name)
    do { try SettingKind.choice(names).check(format) } catch { throw error.at("--format") }
    return Form.allCases.first { $0.name == format } ?? .archive
  }

  private func fill(
    _ format: ExportFormat, at folder: String, from path: String, _ terminal: Terminal
  ) async throws -> Salvage.Report {
    let sink = try await OutputFolder.make(folder) { () throws(ArchiveError) in
      WatchedSink(try format.sink(at: folder), terminal)
    }
    return try await OutputFolder.fill(folder) { () throws(ArchiveError) in
      try await Salvage(at: path).run(into: sink)
    }
  }

  private func fillArchive(
    at folder: String, from path: String, _ terminal: Terminal
  ) async throws -> Salvage.Report {
    try await OutputFolder.make(folder) { () throws(ArchiveError) in
      try DiskStorage(root: folder).makeDirectory("")
    }
    return try await OutputFolder.fill(folder) { () throws(ArchiveError) in
      try await ArchiveSink.filling(folder) { (sink) throws(ArchiveError) in
        try await Salvage(at: path).run(into: WatchedSink(sink, terminal))
      }
    }
  }

  private func tell(_ text: SalvageText, _ terminal: Terminal) -> ExitStatus {
    let status = ExitStatus(text.report)
    terminal.event("salvage", text.fields(exit: status))
    guard !terminal.manner.isJSON else { return status }
    DamageText.tell(text.report.damages, "lost", terminal)
    if status != .success || !terminal.manner.isQuiet { terminal.result(text.summary, .strong) }
    if !terminal.manner.isQuiet { for remark in text.report.remarks { terminal.word(remark) } }
    return status
  }
}
