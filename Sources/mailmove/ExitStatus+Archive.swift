// mailmove: exit codes of commands on an archive.
// SPDX-License-Identifier: Apache-2.0

import MailArchive

extension ExitStatus {
  /// The code for a check: anything that is not as it was written is a difference.
  init(_ report: CheckReport) { self = report.isClean ? .success : .differences }

  /// The code for an export; damaged messages were left out.
  init(_ report: ArchiveExport.Report) { self = report.damages.isEmpty ? .success : .skips }

  /// The code for a salvage; something was lost.
  init(_ report: Salvage.Report) { self = report.damages.isEmpty ? .success : .skips }
}
