// mailmove: how much the long tests do.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit

/// What `scripts/torture` asks for: the same tests as always, in full length.
enum Torture {
  /// Kills of the real binary that a long run makes at least; nil: a short run, as in
  /// `scripts/test`.
  static let kills = ProcessInfo.processInfo.environment["MAILMOVE_TORTURE_KILLS"].flatMap {
    Int($0)
  }

  static var isOn: Bool { kills != nil }

  /// Every fourth step, from one that the seed chooses.
  static func some(of steps: Int) -> [Int] {
    var random = SeededGenerator.printingSeed()
    return Array(stride(from: Int.random(in: 1...4, using: &random), through: steps, by: 4))
  }
}
