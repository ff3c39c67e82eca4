// mailmove: comparing headers and bytes.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Compares the fingerprints of headers at the target with those on record.
struct HeaderComparison {
  private let comparison: MailboxComparison
  private let name: MailboxName
  private let target: any TargetView

  init(_ comparison: MailboxComparison, _ name: MailboxName, _ target: any TargetView) {
    self.comparison = comparison
    self.name = name
    self.target = target
  }

  func run() async throws -> [Difference] {
    guard !comparison.matched.isEmpty else { return [] }
    let headed = try await target.headers(
      of: UIDSet(comparison.matched.lazy.map(\.target.uid)), in: name)
    let found = Dictionary(
      headed.map { ($0.entry.uid, $0.fingerprint) }, uniquingKeysWith: { _, last in last })
    let doubtful = comparison.matched.filter { match in
      match.record.fingerprint.map { found[match.target.uid] != $0 } ?? false
    }
    let copies = try await identities(of: doubtful)
    return doubtful.compactMap { match in
      guard let copy = copies[match.target.uid] else { return comparison.withheld(match) }
      return isUnchanged(copy, match) ? nil : comparison.difference(.header, match)
    }
  }

  private func identities(of doubtful: [MailboxComparison.Match]) async throws
    -> [UID: ContentIdentity]
  {
    guard !doubtful.isEmpty else { return [:] }
    return try await target.identities(
      of: doubtful.map(\.target), in: name, uidValidity: comparison.target.uidValidity)
  }

  /// A server may tell another header than it hands out, and an earlier version may have read the
  /// original's differently.
  private func isUnchanged(_ copy: ContentIdentity, _ match: MailboxComparison.Match) -> Bool {
    match.record.digest != nil && copy.digest == match.record.digest
  }
}

/// Reads messages again from both sides, some at a time, and compares every byte.
struct ByteComparison {
  private let comparison: MailboxComparison
  private let name: MailboxName
  private let source: any MailSource
  private let target: any TargetView
  private let observer: VerifyObserver

  /// Messages whose identities are held at one time.
  private static let windowMessages = 512

  init(
    _ comparison: MailboxComparison, _ name: MailboxName, _ source: any MailSource,
    _ target: any TargetView, _ observer: @escaping VerifyObserver
  ) {
    self.comparison = comparison
    self.name = name
    self.source = source
    self.target = target
    self.observer = observer
  }

  func run() async throws -> [Difference] {
    var found: [Difference] = []
    var rest = comparison.matched[...]
    while !rest.isEmpty {
      let window = rest.prefix(Self.windowMessages)
      found += try await compare(window)
      observer(
        .compared(
          comparison.pair, messages: window.count,
          bytes: window.reduce(0) { $0 + $1.record.size }))
      rest = rest.dropFirst(Self.windowMessages)
    }
    return found + (try await doubles())
  }

  private func compare(_ window: ArraySlice<MailboxComparison.Match>) async throws -> [Difference] {
    async let originals = source.identities(
      of: window.compactMap(\.source), in: comparison.pair.mapped.source,
      uidValidity: comparison.source.uidValidity)
    async let copies = target.identities(
      of: window.map(\.target), in: name, uidValidity: comparison.target.uidValidity)
    let (there, here) = try await (originals, copies)
    return window.compactMap { match in
      guard let copy = here[match.target.uid] else {
        return comparison.withheld(match)
      }
      guard let original = there[match.record.key.uid], match.source != nil else {
        return copy.digest == match.record.digest
          ? nil : comparison.difference(.bytes, match, "not the bytes on record")
      }
      switch original.evidence(that: copy) {
      case .exact: return nil
      case .rewritten:
        return comparison.difference(
          .rewritten, match, "line ends, NUL or 8-bit header bytes")
      case .headerLinesAdded:
        return comparison.difference(.header, match, "lines that another tool added")
      case nil: return comparison.difference(.bytes, match)
      }
    }
  }

  /// Second copies at the target: what a tool that lost its place leaves behind.
  private func doubles() async throws -> [Difference] {
    let known = Dictionary(
      comparison.matched.compactMap { match in match.record.digest.map { ($0, match.record) } },
      uniquingKeysWith: { first, _ in first })
    let sizes = Set(comparison.matched.map(\.target.size))
    let candidates = comparison.unclaimed.filter { sizes.contains($0.size) }
    guard !candidates.isEmpty else { return [] }
    let found = try await target.identities(
      of: candidates, in: name, uidValidity: comparison.target.uidValidity)
    return found.sorted { $0.key < $1.key }.compactMap { uid, identity in
      known[identity.digest].map {
        Difference(
          kind: .doubled, pair: comparison.pair, key: $0.key, targetUID: uid)
      }
    }
  }
}
