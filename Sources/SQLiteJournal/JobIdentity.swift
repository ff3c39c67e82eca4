// mailmove: what a ledger belongs to.
// SPDX-License-Identifier: Apache-2.0

/// The two ends of a job: a ledger serves one pair of endpoints and refuses any other.
package struct JobIdentity: Sendable, Equatable, CustomStringConvertible {
  /// Endpoint URL without secrets, normalised by the caller so that equal accounts compare equal.
  package let source: String
  package let target: String

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  package var description: String { "\(source) to \(target)" }
}
