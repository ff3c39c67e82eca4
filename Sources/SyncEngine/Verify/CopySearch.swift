// mailmove: looking for copies by their content.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Looks for the copies of records that are not where the ledger says, among those that no record
/// claims: nothing is called missing that was not looked for by content (invariant 17).
///
/// Sizes and headers propose, content decides; each copy is used up by the record it is given to.
struct CopySearch {
  private let comparison: MailboxComparison
  private let name: MailboxName
  private let source: any MailSource
  private let target: any TargetView

  /// Messages whose identities are held at one time.
  private static let windowMessages = 512

  init(
    _ comparison: MailboxComparison, _ name: MailboxName, _ source: any MailSource,
    _ target: any TargetView
  ) {
    self.comparison = comparison
    self.name = name
    self.source = source
    self.target = target
  }

  /// The copies that were found, by the keys of their records.
  func run() async throws -> [SourceKey: Entry] {
    var (copies, found) = try await same()
    guard !copies.isEmpty else { return found }
    try await findRewritten(among: &copies, &found)
    try await findGivenID(among: &copies, &found)
    return found
  }

  /// Only those that have the very bytes on record.
  func exact() async throws -> [SourceKey: Entry] { try await same().found }

  private func same() async throws -> (copies: [UID: HeadedEntry], found: [SourceKey: Entry]) {
    guard !comparison.unplaced.isEmpty, !comparison.unclaimed.isEmpty else { return ([:], [:]) }
    let headed = try await target.headers(
      of: UIDSet(comparison.unclaimed.lazy.map(\.uid)), in: name)
    var copies = Dictionary(
      headed.map { ($0.entry.uid, $0) }, uniquingKeysWith: { first, _ in first })
    var found: [SourceKey: Entry] = [:]
    try await findSame(among: &copies, &found)
    return (copies, found)
  }

  /// The very bytes on record.
  private func findSame(
    among copies: inout [UID: HeadedEntry], _ found: inout [SourceKey: Entry]
  ) async throws {
    let sizes = Set(comparison.unplaced.map(\.size))
    let headers = Set(comparison.unplaced.lazy.compactMap(\.fingerprint))
    let proposed = copies.values.map(\.self).filter {
      // A server that tells other sizes than it hands out has been seen.
      sizes.contains($0.entry.size) || headers.contains($0.fingerprint)
    }.map(\.entry).sorted { $0.uid < $1.uid }
    var wanted = Dictionary(grouping: comparison.unplaced.reversed()) { $0.digest }
    for window in Self.windows(proposed) {
      let read = try await target.identities(
        of: Array(window), in: name, uidValidity: comparison.target.uidValidity)
      for entry in window {
        guard let digest = read[entry.uid]?.digest, let record = wanted[digest]?.popLast() else {
          continue
        }
        found[record.key] = entry
        copies[entry.uid] = nil
      }
    }
  }

  /// Copies that differ from the original as servers and tools change them; only a source that
  /// still has the original can tell.
  private func findRewritten(
    among copies: inout [UID: HeadedEntry], _ found: inout [SourceKey: Entry]
  ) async throws {
    let wanted = rest(found).compactMap { record, original in
      record.fingerprint.map { Wanted(record: record, original: original, header: $0) }
    }
    try await find(wanted, by: \.fingerprint, among: &copies, &found)
  }

  /// Copies that also got a Message-ID, which the original has not.
  private func findGivenID(
    among copies: inout [UID: HeadedEntry], _ found: inout [SourceKey: Entry]
  ) async throws {
    let rest = rest(found)
    guard !rest.isEmpty, !copies.isEmpty else { return }
    let headed = try await source.headers(
      of: UIDSet(rest.lazy.map(\.original.uid)), in: comparison.pair.mapped.source)
    let headers = Dictionary(
      headed.map { ($0.entry.uid, $0.fingerprintBesideID) }, uniquingKeysWith: { first, _ in first }
    )
    let wanted = rest.compactMap { record, original in
      headers[original.uid].map { Wanted(record: record, original: original, header: $0) }
    }
    try await find(wanted, by: \.fingerprintBesideID, among: &copies, &found)
  }

  /// A record whose copy is looked for, by a fingerprint that it may have.
  private struct Wanted {
    let record: MessageRecord
    let original: Entry
    let header: Fingerprint
  }

  private func rest(_ found: [SourceKey: Entry]) -> [(record: MessageRecord, original: Entry)] {
    comparison.unplaced.compactMap { record in
      guard found[record.key] == nil else { return nil }
      return comparison.original(of: record).map { (record, $0) }
    }
  }

  private func find(
    _ wanted: [Wanted], by header: KeyPath<HeadedEntry, Fingerprint>,
    among copies: inout [UID: HeadedEntry], _ found: inout [SourceKey: Entry]
  ) async throws {
    for window in Self.windows(wanted) {
      let headers = Set(window.map(\.header))
      let proposed = copies.values.filter { headers.contains($0[keyPath: header]) }
      guard !proposed.isEmpty else { continue }
      async let reading = source.identities(
        of: window.map(\.original), in: comparison.pair.mapped.source,
        uidValidity: comparison.source.uidValidity)
      let read = try await target.identities(
        of: proposed.map(\.entry), in: name, uidValidity: comparison.target.uidValidity)
      let originals = try await reading
      for record in window.map(\.record) {
        guard let original = originals[record.key.uid] else { continue }
        let best = proposed.filter { copies[$0.entry.uid] != nil }
          .sorted { $0.entry.uid < $1.entry.uid }
          .compactMap { copy in
            read[copy.entry.uid].flatMap { original.evidence(that: $0) }.map { (copy, $0) }
          }.max { $0.1 < $1.1 }
        guard let best else { continue }
        found[record.key] = best.0.entry
        copies[best.0.entry.uid] = nil
      }
    }
  }

  private static func windows<Element>(_ elements: [Element]) -> [ArraySlice<Element>] {
    stride(from: 0, to: elements.count, by: windowMessages).map {
      elements[$0..<min($0 + windowMessages, elements.count)]
    }
  }
}
