// mailmove: a group that is becoming a member.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A group of a batch whose text gave way to the member made of it, or is about to.
final class PressedGroup: Sendable {
  /// The directory under `segments`.
  let year: String
  let parts: [MessageGroup.Part]
  private let pressing = DispatchGroup()
  private let made = Mutex<[UInt8]?>(nil)

  init(_ group: borrowing MessageGroup) {
    year = group.year
    parts = group.parts
    pressing.enter()
  }

  /// - Parameter member: nil if it does not give back its text.
  func end(with member: [UInt8]?) {
    made.withLock { $0 = member }
    pressing.leave()
  }

  /// Waits for the member and hands it over, once, so that its memory is free when it is written.
  ///
  /// Throws `unfaithful` if there is none that gives back the text.
  func takeMember() throws(ArchiveError) -> [UInt8] {
    pressing.wait()
    let member = made.withLock { made in
      defer { made = nil }
      return made
    }
    guard let member else {
      throw .unfaithful(detail: "libdeflate does not give back what it was given")
    }
    return member
  }
}
