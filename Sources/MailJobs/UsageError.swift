// mailmove: what the user has to put right first.
// SPDX-License-Identifier: Apache-2.0

/// Something the user has to put right before anything can begin; nothing was touched.
package struct UsageError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and, when known, where: one sentence.
  package let message: String
  /// What to do instead; nil when the message says it.
  package let hint: String?

  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  package var description: String { hint.map { "\(message); \($0)" } ?? message }

  /// The same, said about a place: an option, a variable, a line of the configuration file.
  package func at(_ origin: some CustomStringConvertible) -> UsageError {
    UsageError("\(origin): \(message)", hint: hint)
  }
}
