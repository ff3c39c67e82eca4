// mailmove: the names that mailboxes really have at the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Synchronization

/// The names that mailboxes of a run really have at the target, shared by its lanes.
///
/// A server may refuse a planned name, or change it; what lies below then lies below the name that
/// the server took.
final class TargetNames: Sendable {
  /// The mailboxes of the run by their planned names.
  private let planned: [MailboxName: MailboxPair]
  private let real: Mutex<[MailboxName: MailboxName]>
  /// The turns at making what has a planned name: budgets of one.
  private let turns = Mutex<[MailboxName: ByteBudget]>([:])

  init(_ pairs: [MailboxPair]) {
    planned = Dictionary(
      pairs.compactMap { pair in pair.mapped.target.map { ($0, pair) } },
      uniquingKeysWith: { first, _ in first })
    real = Mutex([:])
  }

  /// The mailboxes of the run above a planned one, those higher up first.
  func above(_ row: MappedMailbox) -> [MailboxPair] {
    Self.parents(of: row).reversed().compactMap { planned[$0] }.filter { $0.mapped != row }
  }

  /// Whether it is known what a planned name became.
  func knows(_ name: MailboxName) -> Bool { real.withLock { $0[name] != nil } }

  func note(_ name: MailboxName, for planned: MailboxName) {
    real.withLock { $0[planned] = name }
  }

  /// Whether a name belongs to another mailbox of the run than the planned one.
  ///
  /// While several lanes make mailboxes, what is new at the target need not be what was asked for.
  func isOfAnother(_ name: MailboxName, than own: MailboxName) -> Bool {
    guard name != own else { return false }
    return planned[name] != nil
      || real.withLock { $0.contains { $0.key != own && $0.value == name } }
  }

  /// Does some work while no other lane does any with the same planned name: servers get confused
  /// when two sessions make the same mailbox at the same time.
  func alone<Result>(
    with planned: MailboxName, _ work: () async throws -> Result
  ) async throws -> Result {
    let turn = turns.withLock { turns in
      let turn = turns[planned] ?? ByteBudget(limit: 1)
      turns[planned] = turn
      return turn
    }
    let permit = try await turn.acquire(1)
    defer { permit.giveBack() }
    return try await work()
  }

  /// The row with its target below the nearest mailbox whose real name is known.
  func placed(_ row: MappedMailbox) -> MappedMailbox {
    guard let target = row.target else { return row }
    for parent in Self.parents(of: row) {
      guard let name = real.withLock({ $0[parent] }) else { continue }
      var placed = row
      placed.target = MailboxName(name.bytes + target.bytes.dropFirst(parent.bytes.count))
      return placed
    }
    return row
  }

  /// The planned names above, the nearest first.
  private static func parents(of row: MappedMailbox) -> [MailboxName] {
    guard let bytes = row.target?.bytes, let delimiter = row.targetDelimiter else { return [] }
    return bytes.indices.reversed().filter { bytes[$0] == delimiter && $0 > 0 }
      .map { MailboxName(Array(bytes[..<$0])) }
  }
}
