// mailmove: rules that have no effect.
// SPDX-License-Identifier: Apache-2.0

/// A rule of the operator's that has no effect: a slip of the pen, or it comes too late
/// (invariant 18).
package struct IdleRule: Sendable, Hashable, CustomStringConvertible {
  /// The options that say which mailboxes go where.
  package enum Option: String, Sendable, CaseIterable {
    case include, exclude, map, into
  }

  package enum Reason: Sendable, Hashable {
    case fitsNothing
    /// It fits mailboxes that are not copied all the same; why, in words.
    case leftOut(String)
    /// An earlier run has decided, and that is kept.
    case tooLate
  }

  package let option: Option
  /// As typed.
  package let rule: String
  package let reason: Reason

  package init(_ option: Option, _ rule: String, _ reason: Reason) {
    self.option = option
    self.rule = rule
    self.reason = reason
  }

  /// The rule as on the command line.
  package var typed: String { "--\(option.rawValue) \(rule)" }

  package var description: String {
    switch reason {
    case .fitsNothing: "\(typed) fits no folder of the source"
    case .leftOut(let why): "\(typed) fits only folders that are not copied: \(why)"
    case .tooLate where option == .into:
      "\(typed) comes too late: an earlier run put folders elsewhere, and they stay there"
    case .tooLate:
      "\(typed) comes too late: an earlier run put the folder elsewhere, and it stays there"
    }
  }
}
