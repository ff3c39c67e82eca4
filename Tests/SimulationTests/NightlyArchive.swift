// mailmove: an account that is archived every night, and given back from there.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

@testable import MailEndpoints

/// An archive that holds what the source's account has, brought up to date before each run by a job
/// of its own; the run reads the archive.
final class NightlyArchive: Sendable {
  private let shelf: ArchiveShelf
  private let journal = MemoryJournal()

  init(in folder: WorldFolder) { shelf = ArchiveShelf(in: folder) }

  /// What an older copy lacks is taken again.
  func bringUpToDate(from account: FakeAccount) async throws {
    let door = try await shelf.door(journal, record: journal)
    var options = RunOptions()
    options.recopiesLost = true
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { FakeSource(account) },
        connectTarget: { [shelf] in try await shelf.target(door) }),
      journal: journal, rules: MappingRules(), options: options, pacing: Scenario.instant)
    let report = await run.run()
    _ = try await door.close()
    if let failure = report.failure { throw failure }
  }

  func source() async throws -> any MailSource { try await shelf.source() }

  func backUp() -> Bool { shelf.backUp() }
  func restore() -> Bool { shelf.restore() }
}
