// mailmove: how names are compared with the tables.
// SPDX-License-Identifier: Apache-2.0

/// One segment of a mailbox name in the form in which it is looked up in tables.
///
/// Never sent to a server and never shown. Making the form of a form changes nothing.
package struct MatchingForm: Hashable, Sendable {
  package let text: String

  /// The form of decoded text.
  package init(_ segment: String) {
    var text = Self.pass(segment)
    // Taking a character out can bring two others together that compose, so once is not enough.
    for _ in 0..<Self.passesMax where !text.isASCII {
      let next = Self.pass(text)
      if next.unicodeScalars.elementsEqual(text.unicodeScalars) { break }
      text = next
    }
    self.text = text
  }

  /// The form without accents. Accents carry meaning (Czech koš, Hungarian kos), so this is good
  /// for a suggestion and never for a decision.
  package var withoutMarks: String {
    String(
      String.UnicodeScalarView(
        text.nfkd.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark }))
  }

  /// Two are enough for every name seen; the bound only keeps hostile text from holding us up.
  private static let passesMax = 8

  private static func pass(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var blankIsDue = false
    for scalar in text.nfkc.caseFolded.nfkc.unicodeScalars {
      if isDropped(scalar) { continue }
      if isBlank(scalar) {
        blankIsDue = !result.isEmpty
        continue
      }
      if blankIsDue { result.append(" ") }
      blankIsDue = false
      result.append(replacement(of: scalar))
    }
    return String(result)
  }

  /// Invisible characters, the Arabic letter stretcher, and the dot that folding İ leaves behind.
  private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return false }
    return scalar == "\u{640}" || scalar == "\u{307}"
      || scalar.properties.generalCategory == .format
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "_", "-", "\u{2010}", "\u{2011}", "\u{2013}": true
    default: scalar.properties.isWhitespace
    }
  }

  /// One apostrophe for all, and е for ё, which Russian writers use as they please.
  private static func replacement(of scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "\u{2019}", "\u{2018}", "\u{2BC}": "'"
    case "\u{451}": "\u{435}"
    default: scalar
    }
  }
}
