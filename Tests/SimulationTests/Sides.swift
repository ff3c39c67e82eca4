// mailmove: the two sides of a run in a world.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import SyncEngine

@testable import MailEndpoints

/// The two sides of a run in a world, whatever they are.
struct Sides: Sendable {
  let world: World
  let requests: Requests
  let crash: CrashPoint
  let watch: RemovalWatch
  private let door: ArchiveDoor?
  /// What sessions with a maildrop learn of it in this run.
  private let experience = POP3Experience()

  init(world: World, requests: Requests, crash: CrashPoint, watch: RemovalWatch) async throws {
    self.world = world
    self.requests = requests
    self.crash = crash
    self.watch = watch
    let dying = CrashingJournal(world.journal) { try crash.pass("journal \($0)") }
    door = try await world.shelf?.door(world.journal, record: dying)
  }

  var endpoints: RunEndpoints {
    RunEndpoints(
      connectSource: {
        try requests.note(.source, "connect")
        return try await source()
      },
      connectTarget: {
        try requests.note(.target, "connect")
        guard let door, let shelf = world.shelf else {
          return FakeTarget(world.target, crash: crash) { try requests.note(.target, $0) }
        }
        return DyingTarget(try await shelf.target(door), crash: crash) {
          try requests.note(.target, $0)
        }
      },
      connectRemover: connectRemover)
  }

  /// Nothing is removed from an archive.
  private var connectRemover: (@Sendable () async throws -> any MailRemover)? {
    guard world.nightly == nil else { return nil }
    return { remover() }
  }

  private var keys: any KeyBook {
    CrashingKeyBook(world.journal) { try crash.pass("journal \($0)") }
  }

  private func source() async throws -> any MailSource {
    let note: @Sendable (String) throws -> Void = { try requests.note(.source, $0) }
    if let nightly = world.nightly {
      return NotedSource(source: try await nightly.source(), onRequest: note)
    }
    return world.habits.sourceKind == .imap
      ? FakeSource(world.source, onRequest: note)
      : maildrop(note)
  }

  private func remover() -> any MailRemover {
    let note: @Sendable (String) throws -> Void = { try requests.note(.source, $0) }
    return world.habits.sourceKind == .imap
      ? FakeRemover(world.source, crash: crash, onRequest: note, beforeRemoving: watch.look)
      : FakeMaildropRemover(
        world.source, reading: maildrop(note), crash: crash, beforeRemoving: watch.look)
  }

  private func maildrop(_ note: @escaping @Sendable (String) throws -> Void) -> FakeMaildrop {
    FakeMaildrop(
      world.source, keys: keys, experience: experience, handsOut: world.temper.text(of:),
      onRequest: note)
  }

  /// An archive is closed at the end of a run, or left as a killed process leaves it. The report
  /// tells the damage that was met.
  func close(_ report: inout Report) async {
    guard let door else { return }
    do {
      if crash.isDead {
        try await door.open().abandon()
      } else {
        _ = try await door.close()
      }
    } catch {
      report.failure = report.failure ?? SyncError.from(error)
    }
    report.damages = await door.damages.map {
      SyncError($0, scope: .message, remedy: .skip, side: .target)
    }
  }
}
