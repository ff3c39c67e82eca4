// mailmove: the subcommands on an archive.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What can be done with an archive, beside filling it and restoring from it.
struct ArchiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Look into an archive, check it, and take mail out of it; no server is needed.",
    discussion: """
      EXAMPLE
        mailmove archive ls /srv/mail-archive
        mailmove archive check /srv/mail-archive

      'mailmove sync SOURCE archive:/srv/mail-archive' fills an archive, and
      'mailmove sync archive:/srv/mail-archive TARGET' puts its mail back.

      EXIT CODES
        0        done; see 'mailmove help archive ls' and so on for the others
      """,
    subcommands: [
      ArchiveListCommand.self, ArchiveCatCommand.self, ArchiveExportCommand.self,
      ArchiveCheckCommand.self, ArchiveSalvageCommand.self,
    ])
}
