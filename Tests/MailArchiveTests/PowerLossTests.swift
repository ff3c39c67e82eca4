// mailmove: what is left of an archive when the power fails.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailArchive

@Suite("An archive whose machine loses its power")
struct PowerLossTests {
  /// Some seeds for each moment; each failure names the one that shows it.
  private static let seedsPerMoment: UInt64 = 8

  /// How many disks are not what they should be, and the first complaint.
  private func complaints(
    _ script: ArchiveScript, mutant: MemoryStorage.Mutant? = nil, stopsAtFirst: Bool = false
  ) async throws -> (count: Int, first: String?) {
    let story = try await RecordedStory(script, mutant: mutant)
    var count = 0
    var first: String?
    for index in 0...story.log.count {
      let loss = PowerLoss(after: story.log.prefix(index))
      for seed in 0..<Self.seedsPerMoment {
        var generator = SeededGenerator(seed: seed << 32 | UInt64(index))
        let image = loss.image(using: &generator)
        guard let complaint = await story.complaint(image, after: index) else { continue }
        count += 1
        first = first ?? "operation \(index), seed \(seed): \(complaint)"
        if stopsAtFirst { return (count, first) }
      }
    }
    return (count, first)
  }

  @Test("has every acknowledged message and opens", arguments: ["plain", "rolling"])
  func keepsPromises(name: String) async throws {
    let script = try #require(CrashTests.scripts.first { $0.name == name }).script
    let (count, first) = try await complaints(script)
    #expect(count == 0, "\(first ?? "")")
  }

  @Test(
    "shows it if one of the safeguards is left out",
    arguments: MemoryStorage.Mutant.allCases.filter { $0 != .truncationNotDone })
  func noticesMutants(_ mutant: MemoryStorage.Mutant) async throws {
    let (count, _) = try await complaints(.plain, mutant: mutant, stopsAtFirst: true)
    #expect(count > 0, "leaving out a safeguard was not noticed")
  }

  @Test("shows it if a torn tail is not cut off before more is written")
  func noticesMissingTruncation() async throws {
    let story = try await RecordedStory(.plain)
    let index = try #require(
      story.log.indices.last { index in
        if case .write = story.log[index], index < story.ends[2] { true } else { false }
      })
    let torn = try #require(story.images(at: index).dropFirst(40).first)
    for (mutant, isSound) in [(MemoryStorage.Mutant?.none, true), (.truncationNotDone, false)] {
      let storage = MemoryStorage(torn, mutant: mutant)
      try await ArchiveScript.plain.run(on: storage, from: 1)
      let image = DiskImage(after: storage.log, of: torn)
      let complaint = await story.complaint(image, after: index)
      #expect((complaint == nil) == isSound)
    }
  }
}
