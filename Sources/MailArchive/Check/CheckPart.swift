// mailmove: a part of an archive.
// SPDX-License-Identifier: Apache-2.0

/// Every n-th segment, so that n nights check a large archive: `1/30` to `30/30`.
package struct CheckPart: Sendable, Equatable {
  /// From 1 to `count`.
  package let index: Int64
  package let count: Int64

  /// nil unless 1 ≤ index ≤ count.
  package init?(_ index: Int64, of count: Int64) {
    guard index >= 1, index <= count else { return nil }
    self.index = index
    self.count = count
  }

  /// Reads `i/n`.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int64(parts[0]), let count = Int64(parts[1]) else {
      return nil
    }
    self.init(index, of: count)
  }

  /// Whether a segment belongs to it; numbers count from 1.
  func includes(_ segment: Int64) -> Bool { segment % count == index % count }
}
