// mailmove: what a target did not keep of a message.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What the target did not keep of a message that it has: what `verify` does not ask for again.
package struct DroppedMetadata: Sendable, Equatable {
  /// Names of flags and keywords in lower case, ascending.
  package var flags: [String]
  /// The date of arrival could not be kept, or the source had none.
  package var date: Bool

  package init(flags: [String] = [], date: Bool = false) {
    self.flags = flags
    self.date = date
  }

  package init(_ concessions: [Concession]) {
    self.init()
    for concession in concessions {
      switch concession {
      case .flagsDropped(let dropped): flags += dropped.names.map { $0.lowercased() }
      case .dateDropped, .dateReplaced: date = true
      }
    }
    flags.sort()
  }
}
