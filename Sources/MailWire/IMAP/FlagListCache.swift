// mailmove: flag lists, each read once.
// SPDX-License-Identifier: Apache-2.0

/// Reads flag lists and remembers them: a million messages share the few lists there are.
struct FlagListCache: Sendable {
  /// A list that was read before, as it came and what it means.
  private struct Known {
    let bytes: [UInt8]
    let flags: FlagSet

    func isRead(from list: ArraySlice<UInt8>) -> Bool {
      bytes.withUnsafeBytes { known in list.withUnsafeBytes(known.isEqual(to:)) }
    }
  }

  /// `NIL` in a list is a keyword, and not how this server says nothing (QQ).
  var hasKeywordNIL = true

  /// Each list has one place, by its bytes, and the next list for that place takes it.
  private var known = [Known?](repeating: nil, count: Limits.flagListsRememberedMax)

  /// A flag list at the cursor; nil, with the value skipped, if it is none.
  mutating func flags(_ scanner: inout Scanner) -> FlagSet? {
    scanner.skipSpaces()
    guard scanner.peek == UInt8(ascii: "("), let (end, hash) = Self.plainEnd(scanner) else {
      return read(&scanner)
    }
    let place = Int(hash % UInt32(known.count))
    let bytes = scanner.text[scanner.position..<end]
    if let found = known[place], found.isRead(from: bytes) {
      scanner.position = end
      return found.flags
    }
    let flags = read(&scanner)
    if let flags { known[place] = Known(bytes: Array(bytes), flags: flags) }
    return flags
  }

  /// Where a list without quotes, literals and lists in it ends, and a hash of its bytes (FNV-1a).
  private static func plainEnd(_ scanner: Scanner) -> (end: Int, hash: UInt32)? {
    let start = scanner.position + 1
    var hash: UInt32 = 0x811C_9DC5
    for index in start..<min(scanner.text.count, start + bytesMax) {
      let byte = scanner.text[index]
      switch byte {
      case UInt8(ascii: ")"): return (index + 1, hash)
      case UInt8(ascii: "("), UInt8(ascii: "\""), UInt8(ascii: "{"): return nil
      default: hash = (hash ^ UInt32(byte)) &* 0x0100_0193
      }
    }
    return nil
  }

  private static let bytesMax = 512

  private func read(_ scanner: inout Scanner) -> FlagSet? {
    guard let names = scanner.words() else {
      scanner.skipValue()
      return nil
    }
    let flags = FlagSet(wire: names)
    return hasKeywordNIL ? flags : flags.subtracting(FlagSet(keywords: [Keyword("NIL")]))
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
