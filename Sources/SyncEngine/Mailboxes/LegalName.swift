// mailmove: making a segment of a name legal at the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Makes one segment of a mailbox name legal for one target.
///
/// What is legal stays as it is, byte for byte, and making legal twice is the same as once. The
/// replacement is always `_`: look-alikes of `/` and `.` would turn back into the delimiter in
/// another program.
package struct LegalName: Sendable {
  package let profile: NamingProfile
  package let delimiter: UInt8?

  package init(profile: NamingProfile, delimiter: UInt8?) {
    self.profile = profile
    self.delimiter = delimiter
  }

  /// The segment with every forbidden thing replaced and within the limits of one segment.
  ///
  /// - Parameters:
  ///   - text: Decoded text.
  ///   - isTop: Whether it is the first segment after the target's prefix.
  ///   - bytesMax: Bytes it may have in modified UTF-7, when the path leaves less than the profile.
  ///   - source: The raw source name; its digest makes a shortened name unique.
  package func callAsFunction(
    _ text: String, isTop: Bool = false, bytesMax: Int? = nil, source: [UInt8]
  ) -> String {
    let clean = withoutReserved(clean(text), isTop: isTop)
    let limit = min(bytesMax ?? profile.segmentBytesMax, profile.segmentBytesMax)
    return fits(clean, limit) ? clean : shortened(clean, to: limit, source: source)
  }

  /// The segment with text appended to it, its stem shortened if the limits ask for it.
  package func appending(_ suffix: String, to segment: String, bytesMax: Int? = nil) -> String {
    let limit = min(bytesMax ?? profile.segmentBytesMax, profile.segmentBytesMax)
    return truncated(segment, keeping: suffix, to: limit) + suffix
  }

  /// A name too long for its place: as much of it as fits, and eight characters of a digest.
  package func shortened(_ segment: String, to bytesMax: Int, source: [UInt8]) -> String {
    let suffix = "-" + Base32.text(SHA256Digest(of: source).bytes.prefix(5))
    return truncated(segment, keeping: suffix, to: bytesMax) + suffix
  }

  /// Whether a name is reserved at the target, so that an existing mailbox of that name is no place
  /// for mail.
  package func isReserved(_ segment: String, isTop: Bool) -> Bool {
    if profile.reserved.isEmpty && (!isTop || profile.reservedAtTop.isEmpty) { return false }
    let folded = segment.nfc.caseFolded
    return profile.reserved.contains(folded) || isTop && profile.reservedAtTop.contains(folded)
  }

  private func clean(_ text: String) -> String {
    if isPlain(text) { return text }
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isRemoved(scalar) { kept.append(scalar) }
    if profile.composes { kept = String(kept).nfc.unicodeScalars }
    var result = String.UnicodeScalarView()
    var blanks = String.UnicodeScalarView()
    for scalar in kept {
      if profile.trimsBlanks, scalar.properties.isWhitespace {
        blanks.append(scalar)
        continue
      }
      if !result.isEmpty {
        result.append(contentsOf: blanks.count > 1 ? " ".unicodeScalars : blanks)
      }
      blanks = String.UnicodeScalarView()
      result.append(isForbidden(scalar) ? "_" : scalar)
    }
    guard let first = result.first else { return "_" }
    if profile.composes, result.elementsEqual("..".unicodeScalars) { return "_" }
    if profile.forbiddenAtStart.contains(first) {
      result.replaceSubrange(...result.startIndex, with: CollectionOfOne("_"))
    }
    return String(result)
  }

  /// Most names: letters, digits, and single blanks inside.
  private func isPlain(_ text: String) -> Bool {
    var previousIsBlank = true
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        previousIsBlank = false
      case UInt8(ascii: " "):
        if previousIsBlank { return false }
        previousIsBlank = true
      default: return false
      }
    }
    return !previousIsBlank
  }

  private func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: true
    case .unassigned, .surrogate, .lineSeparator, .paragraphSeparator: profile.composes
    default: profile.composes && scalar == "\u{FEFF}"
    }
  }

  private func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "/" || profile.forbidden.contains(scalar) { return true }
    guard scalar.isASCII else { return false }
    if let delimiter, scalar.value == UInt32(delimiter) { return true }
    return profile.allowedASCII.map { !$0.contains(scalar) } ?? false
  }

  /// A server that cuts blanks off would take `INBOX ` for the inbox.
  private func withoutReserved(_ segment: String, isTop: Bool) -> String {
    if isTop, segment.utf8.count > 5, segment.trimmingBlanks.caseFolded == "inbox" {
      return segment.trimmingBlanks
    }
    return isReserved(segment, isTop: isTop) ? segment + "_" : segment
  }

  private func fits(_ segment: String, _ bytesMax: Int) -> Bool {
    if let unitsMax = profile.segmentUnitsMax, segment.utf16.count > unitsMax { return false }
    // No encoding takes less than one byte for a UTF-16 code unit.
    return segment.utf16.count <= bytesMax && ModifiedUTF7.encode(segment).count <= bytesMax
  }

  /// The longest beginning that still fits with `suffix` behind it, cut between two characters.
  private func truncated(_ segment: String, keeping suffix: String, to bytesMax: Int) -> String {
    var units = 0
    var stem = String(
      segment.prefix { character in
        units += character.utf16.count
        return units <= bytesMax
      })
    while !stem.isEmpty, !fits(stem + suffix, bytesMax) { stem.removeLast() }
    while stem.unicodeScalars.last?.properties.isWhitespace ?? false {
      stem.unicodeScalars.removeLast()
    }
    return stem.isEmpty ? "_" : stem
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = self[...]
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }
}
