// mailmove: compressing on all cores.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// Compresses groups on all cores and hands the members over in order.
struct MemberPress {
  let level: Int

  /// Groups that are compressed before any is written; bounds what is in memory.
  private static let widthMax = 16

  /// Compresses each group and proves that it comes back.
  ///
  /// - Throws: `unfaithful` if a member does not hold its text, and what `write` throws.
  func press(
    _ groups: [MessageGroup], _ write: (MessageGroup, [UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    var start = 0
    while start < groups.count {
      let end = min(start + Self.widthMax, groups.count)
      let window = Array(groups[start..<end])
      for (group, member) in zip(window, members(of: window)) {
        guard let member else {
          throw .unfaithful(detail: "libdeflate does not give back what it was given")
        }
        try write(group, member)
      }
      start = end
    }
  }

  /// nil for a group that does not come back.
  private func members(of groups: [MessageGroup]) -> [[UInt8]?] {
    let level = level
    return [[UInt8]?](unsafeUninitializedCapacity: groups.count) { output, count in
      guard let base = output.baseAddress else { return }
      base.initialize(repeating: nil, count: groups.count)
      // Each iteration writes to its own element, and all have ended before this goes on.
      nonisolated(unsafe) let elements = base
      DispatchQueue.concurrentPerform(iterations: groups.count) { index in
        let text = groups[index].text
        let member = GzipMember.build(.mail, text, level: level)
        if GzipMember.isFaithful(member, to: text) { elements[index] = member }
      }
      count = groups.count
    }
  }
}
