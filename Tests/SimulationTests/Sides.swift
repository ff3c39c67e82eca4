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
        return source()
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
      connectRemover: { remover() })
  }

  private var keys: any KeyBook {
    CrashingKeyBook(world.journal) { try crash.pass("journal \($0)") }
  }

  private func source() -> any MailSource {
    let note: @Sendable (String) throws -> Void = { try requests.note(.source, $0) }
    return world.habits.sourceKind == .imap
      ? FakeSource(world.source, onRequest: note)
      : FakeMaildrop(world.source, keys: keys, onRequest: note)
  }

  private func remover() -> any MailRemover {
    let note: @Sendable (String) throws -> Void = { try requests.note(.source, $0) }
    return world.habits.sourceKind == .imap
      ? FakeRemover(world.source, crash: crash, onRequest: note, beforeRemoving: watch.look)
      : FakeMaildropRemover(
        world.source, keys: keys, crash: crash, onRequest: note, beforeRemoving: watch.look)
  }

  /// An archive is closed at the end of a run, or left as a killed process leaves it.
  func close() async throws {
    guard let door else { return }
    if crash.isDead {
      try await door.open().abandon()
    } else {
      _ = try await door.close()
    }
  }
}
