// mailmove: making members while more mail arrives.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Compresses groups on all cores while the rest of their batch is still being staged.
///
/// Nothing is on disk by it: the members are written, in the order of their groups, by the commit.
final class MemberPress: Sendable {
  private let level: Int
  /// Runs as many groups at a time as there are cores, in the order they come.
  private let queue = DispatchQueue(label: "mailmove press", attributes: .concurrent)
  /// Compressors that nobody uses at the moment; making one takes as long as a small group.
  private let idle = Mutex<[MemberCompressor]>([])

  /// - Parameter level: as in `ArchiveOptions`.
  init(level: Int) { self.level = level }

  /// Begins to compress a group and to prove that it comes back.
  func begin(_ group: consuming MessageGroup) -> PressedGroup {
    let pressed = PressedGroup(group)
    let text = group.text
    queue.async {
      let member = self.withCompressor { $0.member(.mail, text) }
      pressed.end(with: GzipMember.isFaithful(member, to: text) ? member : nil)
    }
    return pressed
  }

  /// What a large entry is best deflated with.
  func deflater(for entry: LargeEntry) -> any StreamDeflater {
    withCompressor { entry.repeats($0) } ? SearchingDeflater(level: level) : LiteralDeflater()
  }

  private func withCompressor<Result>(_ body: (MemberCompressor) -> Result) -> Result {
    let compressor = idle.withLock { $0.popLast() } ?? MemberCompressor(level: level)
    defer { idle.withLock { $0.append(compressor) } }
    return body(compressor)
  }
}
