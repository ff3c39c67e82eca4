// mailmove: a place in the hierarchy of the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A path at the target, with what is needed to compare it and to go on below it.
struct Spot: Sendable, Equatable {
  /// All segments, the target's prefix included.
  let segments: [String]
  /// The segments as one text, for looking up what is there.
  let text: String
  /// Equal for two paths that the target takes for one.
  let key: ExactText
  /// In modified UTF-7, as it goes to the target.
  let name: [UInt8]

  /// The same place under the name that the server knows it by, which may not be the canonical one.
  func named(_ name: MailboxName) -> Spot {
    Spot(segments: segments, text: text, key: key, name: name.bytes)
  }

  static let root = Spot(segments: [], text: "", key: ExactText(""), name: [])
}
