// mailmove: the subcommand archive check.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailArchive
import MailEndpoints
import MailJobs
import SyncEngine

/// Compares an archive with itself.
struct ArchiveCheckCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find out whether an archive is as it was written; a run may be going on.",
    usage: "mailmove archive check <archive> [<options>]",
    discussion: """
      EXAMPLE
        mailmove archive check /srv/mail-archive
        mailmove archive check /srv/mail-archive --part 3/30 --quiet

      LEVELS
        --quick    the journal, files and their sizes, the catalog
                   also every committed byte, if neither is given
        --deep     also every message on its own

      Nothing is changed, except by --record, which puts damaged messages on
      record, so that they are stored again when a source gives them again.

      EXIT CODES
        0        the archive is as it was written
        1        a fault in mailmove
        2        wrong usage
        6        something is not as it was written
        7        there is no such archive, or it cannot be read or written
        8        another run is writing to it (only with --record)
        130, 143 interrupted
      """)

  @Argument(help: "The archive: /path or archive:/path.")
  var archive: String
  @Flag(help: "Look at the journal and at the files from outside only.")
  var quick = false
  @Flag(help: "Look at every message.")
  var deep = false
  @Option(
    help: ArgumentHelp(
      "Read the i-th of n parts of the segments, such as 3/30.", valueName: "i/n"))
  var part: String?
  @Flag(help: "Put damaged messages on record.")
  var record = false
  @OptionGroup(title: "Output") var output: ArchiveOutput

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let terminal = try output.terminal(surroundings)
    do {
      let path = try ArchiveArgument.path(archive)
      let level = try level()
      let part = try checkPart()
      let words = ProgressWords(terminal)
      let report = try await SyncError.fromArchive(.source) { () throws(ArchiveError) in
        try await ArchiveCheck(at: path).run(level, part: part) { report in
          words.note { ArchiveCheckText.progress(report) }
        }
      }
      var text = ArchiveCheckText(report: report, level: level)
      text.places = await Self.places(
        of: (report.damagedMessages + report.damagedOnRecord).sorted(), in: path)
      var failure: SyncError?
      if record, !report.damagedMessages.isEmpty {
        do {
          try await Self.record(report.damagedMessages, in: path)
          text.recorded = report.damagedMessages.count
        } catch { failure = error }
      }
      return tell(text, failure, terminal)
    } catch { return terminal.tell(error) }
  }

  private func level() throws(UsageError) -> ArchiveCheck.Level {
    switch (quick, deep) {
    case (true, true):
      throw UsageError("--quick and --deep exclude each other", hint: "give only one of them")
    case (true, false):
      guard part == nil else {
        throw UsageError("--part: --quick reads no segments, so there are no parts of it")
      }
      guard !record else {
        throw UsageError("--record: --quick looks at no messages")
      }
      return .quick
    case (false, true): return .messages
    case (false, false): return .files
    }
  }

  private func checkPart() throws(UsageError) -> CheckPart? {
    guard let part else { return nil }
    guard let part = CheckPart(part) else {
      throw UsageError("--part: expected a part such as 3/30, got '\(part.prefix(40))'")
    }
    return part
  }

  /// Where the damaged messages are; the check has the first word, so nothing is thrown.
  private static func places(
    of messages: [Int64], in path: String
  ) async -> [ArchiveCheckText.Place] {
    guard !messages.isEmpty else { return [] }
    let found = try? await OpenArchive.reading(path) { archive in
      let folders = Dictionary(
        archive.folders.map { ($0.folder.id, $0) }, uniquingKeysWith: { first, _ in first })
      var places: [ArchiveCheckText.Place] = []
      for message in messages {
        for placement in try await archive.reader.placements(ofMessage: message) {
          guard let folder = folders[placement.key.folder] else { continue }
          places.append(
            ArchiveCheckText.Place(
              message: message, account: folder.account, folder: folder.path,
              uid: placement.key.uid, size: placement.message.size))
        }
      }
      return places
    }
    return found ?? []
  }

  private static func record(_ messages: [Int64], in path: String) async throws(SyncError) {
    try await SyncError.fromArchive(.target) { () throws(ArchiveError) in
      let writer = try await ArchiveWriter.open(at: path, createIfMissing: false)
      do throws(ArchiveError) {
        try await writer.noteDamage(of: messages, detail: "found by a check")
        _ = try await writer.close()
      } catch {
        await writer.abandon()
        throw error
      }
    }
  }

  private func tell(
    _ text: ArchiveCheckText, _ failure: SyncError?, _ terminal: Terminal
  ) -> ExitStatus {
    let found = ExitStatus(text.report)
    let status = failure.map { found.worse(ExitStatus($0)) } ?? found
    terminal.event("check", text.fields(exit: status))
    if !terminal.manner.isJSON {
      DamageText.tell(text.report.findings, "found", terminal)
      for line in text.lost.prefix(DamageText.shownMax) { terminal.result(line, .warning) }
      DamageText.tellRest(of: text.lost.count, terminal)
      if status != .success || !terminal.manner.isQuiet { terminal.result(text.summary, .strong) }
      for line in text.remedies { terminal.word(line) }
      if let line = text.record { terminal.word(line) }
    }
    if let failure { terminal.complain(failure) }
    return status
  }
}
