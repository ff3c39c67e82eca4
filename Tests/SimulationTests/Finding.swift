// mailmove: an answer of the oracle that must not be.
// SPDX-License-Identifier: Apache-2.0

/// An answer of the oracle that must not be.
struct Finding: Equatable, Sendable, CustomStringConvertible {
  /// Which of its questions; 0: whether a run that was left in peace ended as it should.
  let question: Int
  let text: String

  var description: String { "question \(question): \(text)" }

  /// The same for findings that differ in numbers and in names of mailboxes only.
  var kind: String {
    let names = (World.names + World.twins).map { "\($0)" } + ["INBOX", "Neu"]
    let bare = names.reduce(text) { $0.replacing($1, with: "") }
    return "\(question)" + bare.filter { !$0.isNumber }
  }
}
