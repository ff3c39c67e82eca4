// mailmove: what a comparison asks of each side.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension Verify {
  /// What the source holds. A mailbox that it no longer lists holds nothing: what was in it counts
  /// as gone from the source, as in a run.
  func sourceSnapshot(of pair: MailboxPair, _ labels: ListedLabels) async throws
    -> MailboxSnapshot
  {
    do {
      return try await source.snapshot(of: pair.mapped, labels: labels)
    } catch let error as SyncError where error.scope == .mailbox {
      guard try await isGone(pair.mapped.source, from: source) else { throw error }
      return MailboxSnapshot(status: MailboxStatus(messages: 0), extent: .complete, entries: [])
    }
  }

  /// What is asked of the target's mailbox; nil if it is not there any more, which is put on the
  /// list of differences.
  func fromTarget<Value: Sendable>(
    _ name: MailboxName, _ pair: MailboxPair, _ found: inout VerifiedMailbox,
    _ ask: () async throws -> Value
  ) async throws -> Value? {
    do {
      return try await ask()
    } catch let error as SyncError where error.scope == .mailbox {
      guard try await isGone(name, from: target) else { throw error }
      found.differences.append(Difference(kind: .mailbox, pair: pair))
      return nil
    }
  }

  func compareCounts(
    _ pair: MailboxPair, _ labels: ListedLabels, _ name: MailboxName, _ records: [MessageRecord],
    _ found: inout VerifiedMailbox
  ) async throws {
    found.atSource = try await countAtSource(pair, labels)
    let known = records.count { $0.state != .vanished && $0.state != .pending }
    if found.atSource > known {
      found.unaccounted = found.atSource - known
      found.differences.append(
        Difference(
          kind: .unaccounted, pair: pair,
          detail: "\(found.atSource) messages at the source, \(known) dealt with"))
    }
    let status = try await fromTarget(name, pair, &found) { try await target.status(of: name) }
    guard let status else { return }
    found.atTarget = Int(status.messages ?? 0)
    if found.atTarget < found.onRecord {
      found.differences.append(
        Difference(
          kind: .missing, pair: pair,
          detail: "\(found.onRecord) messages on record, \(found.atTarget) at the target"))
    }
  }

  private func countAtSource(_ pair: MailboxPair, _ labels: ListedLabels) async throws -> Int {
    guard pair.mapped.decision != .remainder else {
      return try await sourceSnapshot(of: pair, labels).entries.count
    }
    do {
      return Int(try await source.status(of: pair.mapped.source).messages ?? 0)
    } catch let error as SyncError where error.scope == .mailbox {
      guard try await isGone(pair.mapped.source, from: source) else { throw error }
      return 0
    }
  }

  /// Whether a mailbox that could not be opened is not there at all; what is listed says so, what
  /// a server says when it refuses may mean anything.
  private func isGone(_ name: MailboxName, from side: any MailSource) async throws -> Bool {
    let listed = ListingTree(try await side.mailboxes()).mailboxes.lazy.map(\.mailbox)
    return !listed.contains { $0.name == name && $0.isSelectable }
  }
}
