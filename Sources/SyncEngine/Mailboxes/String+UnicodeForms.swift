// mailmove: Unicode normalization forms.
// SPDX-License-Identifier: Apache-2.0

// The one file of the engine that needs Foundation: the standard library compares by canonical
// equivalence but gives no access to the normalized text itself.
import Foundation

extension String {
  /// Normalization form C (UAX 15).
  var nfc: String { isASCII ? self : precomposedStringWithCanonicalMapping }

  /// Normalization form KC (UAX 15).
  var nfkc: String { isASCII ? self : precomposedStringWithCompatibilityMapping }

  /// Normalization form KD (UAX 15).
  var nfkd: String { isASCII ? self : decomposedStringWithCompatibilityMapping }

  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

  /// Without the difference between capital and small letters, close to the full case folding of
  /// Unicode 5.18. The Turkish dotless ı stays apart from i, because they are different letters.
  var caseFolded: String {
    if isASCII { return lowercased() }
    var folded = ""
    for scalar in unicodeScalars {
      if scalar == "\u{131}" {
        folded.unicodeScalars.append(scalar)
      } else {
        for upper in scalar.properties.uppercaseMapping.unicodeScalars {
          folded += upper.properties.lowercaseMapping
        }
      }
    }
    return folded
  }
}
