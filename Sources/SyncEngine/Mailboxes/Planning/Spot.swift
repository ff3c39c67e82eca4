// mailmove: a place in the hierarchy of the target.
// SPDX-License-Identifier: Apache-2.0

/// A path at the target, with what is needed to compare it and to go on below it.
struct Spot: Sendable, Equatable {
  /// All segments, the target's prefix included.
  let segments: [String]
  /// Equal for two paths that the target takes for one.
  let key: String
  /// Bytes of the name in modified UTF-7.
  let bytes: Int

  static let root = Spot(segments: [], key: "", bytes: 0)
}
