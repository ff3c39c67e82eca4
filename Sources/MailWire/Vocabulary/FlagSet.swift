// mailmove: flags and keywords.
// SPDX-License-Identifier: Apache-2.0

/// The system flags that a client can store (RFC 9051, 2.3.2); \Recent is the server's alone.
package struct SystemFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let seen = SystemFlags(rawValue: 1)
  package static let answered = SystemFlags(rawValue: 2)
  package static let flagged = SystemFlags(rawValue: 4)
  package static let deleted = SystemFlags(rawValue: 8)
  package static let draft = SystemFlags(rawValue: 16)
  package static let all: SystemFlags = [.seen, .answered, .flagged, .deleted, .draft]

  /// Every flag with its RFC spelling, in the order used on the wire.
  package static let spellings: [(flag: SystemFlags, name: String)] = [
    (.answered, "\\Answered"), (.flagged, "\\Flagged"), (.deleted, "\\Deleted"),
    (.seen, "\\Seen"), (.draft, "\\Draft"),
  ]
}

/// A keyword: a flag without a backslash. Compared without case, kept in the case it came in.
package struct Keyword: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let name: String
  private let folded: String

  package init(_ name: String) {
    self.name = name
    folded = name.lowercased()
  }

  package static func == (lhs: Keyword, rhs: Keyword) -> Bool { lhs.folded == rhs.folded }
  package static func < (lhs: Keyword, rhs: Keyword) -> Bool { lhs.folded < rhs.folded }
  package func hash(into hasher: inout Hasher) { hasher.combine(folded) }
  package var description: String { name }

  /// Whether a server can be given this keyword at all (RFC 9051, 9: `atom`). A closing bracket
  /// passes, since some servers have such keywords.
  package var isAtom: Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (0x21...0x7E).contains(byte) && !"(){%*\"\\".utf8.contains(byte)
      }
  }
}

/// The flags of one message: system flags and keywords.
package struct FlagSet: Hashable, Sendable, CustomStringConvertible {
  package var system: SystemFlags
  /// Sorted, without repeats.
  package private(set) var keywords: [Keyword]

  package init(system: SystemFlags = [], keywords: [Keyword] = []) {
    self.system = system
    self.keywords = keywords.isEmpty ? [] : Set(keywords).sorted()
  }

  package static let none = FlagSet()

  package var isEmpty: Bool { system.isEmpty && keywords.isEmpty }

  package func subtracting(_ other: FlagSet) -> FlagSet {
    let gone = Set(other.keywords)
    return FlagSet(
      system: system.subtracting(other.system), keywords: keywords.filter { !gone.contains($0) })
  }

  package func union(_ other: FlagSet) -> FlagSet {
    FlagSet(system: system.union(other.system), keywords: keywords + other.keywords)
  }

  package func intersection(_ other: FlagSet) -> FlagSet {
    let kept = Set(other.keywords)
    return FlagSet(
      system: system.intersection(other.system), keywords: keywords.filter { kept.contains($0) })
  }

  /// The names as they stand in a flag list, system flags first.
  package var names: [String] {
    SystemFlags.spellings.filter { system.contains($0.flag) }.map(\.name) + keywords.map(\.name)
  }

  package var description: String { "(" + names.joined(separator: " ") + ")" }
}

/// Which flags a mailbox keeps for good, from PERMANENTFLAGS (RFC 9051, 7.1).
package struct PermanentFlags: Hashable, Sendable {
  package var flags: FlagSet
  /// `\*` was listed: new keywords may be made.
  package var allowsNewKeywords: Bool

  package init(flags: FlagSet, allowsNewKeywords: Bool) {
    self.flags = flags
    self.allowsNewKeywords = allowsNewKeywords
  }

  /// No PERMANENTFLAGS was sent: the client has to assume that everything can be kept.
  package static let everything = PermanentFlags(
    flags: FlagSet(system: .all), allowsNewKeywords: true)

  /// Splits flags into those this mailbox keeps and those it does not.
  package func split(_ wanted: FlagSet) -> (kept: FlagSet, dropped: FlagSet) {
    let known = Set(flags.keywords)
    let kept = FlagSet(
      system: wanted.system.intersection(flags.system),
      keywords: allowsNewKeywords
        ? wanted.keywords : wanted.keywords.filter { known.contains($0) })
    return (kept, wanted.subtracting(kept))
  }
}
