// mailmove: flag lists, each read once.
// SPDX-License-Identifier: Apache-2.0

/// Reads flag lists and remembers them: a million messages share the few lists there are.
struct FlagListCache: Sendable {
  private var known: [Key: FlagSet] = [:]

  private struct Key: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
      bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }

  /// A flag list at the cursor; nil, with the value skipped, if it is none.
  mutating func flags(_ scanner: inout Scanner) -> FlagSet? {
    scanner.skipSpaces()
    guard scanner.peek == UInt8(ascii: "("), let end = Self.plainEnd(scanner) else {
      return Self.read(&scanner)
    }
    let key = Key(bytes: Array(scanner.text[scanner.position..<end]))
    if let flags = known[key] {
      scanner.position = end
      return flags
    }
    let flags = Self.read(&scanner)
    if known.count < Limits.flagListsRememberedMax { known[key] = flags }
    return flags
  }

  /// Where a list without quotes, literals and lists in it ends.
  private static func plainEnd(_ scanner: Scanner) -> Int? {
    let start = scanner.position + 1
    for index in start..<min(scanner.text.count, start + keyBytesMax) {
      switch scanner.text[index] {
      case UInt8(ascii: ")"): return index + 1
      case UInt8(ascii: "("), UInt8(ascii: "\""), UInt8(ascii: "{"): return nil
      default: continue
      }
    }
    return nil
  }

  private static let keyBytesMax = 512

  private static func read(_ scanner: inout Scanner) -> FlagSet? {
    guard let names = scanner.words() else {
      scanner.skipValue()
      return nil
    }
    return FlagSet(wire: names)
  }
}

extension FlagSet {
  /// Flags from a list; system flags that no client can store, such as `\Recent`, are left out.
  init(wire names: [[UInt8]]) {
    var system: SystemFlags = []
    var keywords: [Keyword] = []
    for name in names where !name.isEmpty {
      let text = String(decoding: name, as: UTF8.self)
      if name[0] == UInt8(ascii: "\\") {
        let folded = text.lowercased()
        system.formUnion(
          SystemFlags.spellings.first { $0.name.lowercased() == folded }?.flag ?? [])
      } else {
        keywords.append(Keyword(text))
      }
    }
    self.init(system: system, keywords: keywords)
  }
}

extension PermanentFlags {
  /// Flags from PERMANENTFLAGS (RFC 9051, 7.1).
  init(wire names: [[UInt8]]) {
    self.init(
      flags: FlagSet(wire: names), allowsNewKeywords: names.contains(Array("\\*".utf8)))
  }
}
