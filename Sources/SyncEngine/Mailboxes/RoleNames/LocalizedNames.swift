// mailmove: the names of one role in one language.
// SPDX-License-Identifier: Apache-2.0

/// The names one language has for one role.
struct LocalizedNames: Sendable {
  /// A BCP 47 tag.
  let language: String
  /// Found on servers, or in the tables of two programs that do not share one.
  let trusted: [String]
  /// Known from one program only.
  let plausible: [String]

  init(_ language: String, _ trusted: [String] = [], plausible: [String] = []) {
    self.language = language
    self.trusted = trusted
    self.plausible = plausible
  }
}
