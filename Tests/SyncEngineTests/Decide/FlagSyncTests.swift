// mailmove: tests of the three-way comparison of flags.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("Which flags to change at the target")
struct FlagSyncTests {
  /// One line of the three-way table: a flag as carried, at the source, at the target, and what
  /// has to become of it.
  struct Line: Sendable, CustomTestStringConvertible {
    let carried: Bool
    let source: Bool
    let target: Bool
    let merged: Bool

    var testDescription: String { "carried \(carried), source \(source), target \(target)" }
  }

  static let table = [
    Line(carried: false, source: false, target: false, merged: false),
    Line(carried: false, source: false, target: true, merged: true),
    Line(carried: false, source: true, target: false, merged: true),
    Line(carried: false, source: true, target: true, merged: true),
    Line(carried: true, source: false, target: false, merged: false),
    Line(carried: true, source: false, target: true, merged: false),
    Line(carried: true, source: true, target: false, merged: false),
    Line(carried: true, source: true, target: true, merged: true),
  ]

  static let flags = [
    FlagSet(system: .flagged), FlagSet(system: .deleted), FlagSet(keywords: [Keyword("$Junk")]),
  ]

  static func applied(
    _ line: Line, _ flag: FlagSet, _ policy: RunOptions.FlagPolicy,
    permanent: PermanentFlags = .everything
  ) -> Bool {
    let target = line.target ? flag : .none
    let change = FlagSync.change(
      of: UID(1), carried: line.carried ? flag : .none, source: line.source ? flag : .none,
      target: target, permanent: permanent, policy: policy)
    guard let change else { return line.target }
    return !target.union(change.add).subtracting(change.remove).isEmpty
  }

  @Test(arguments: table, flags)
  func mergeCarriesOnlyWhatChangedAtTheSource(_ line: Line, _ flag: FlagSet) {
    #expect(Self.applied(line, flag, .merge) == line.merged)
  }

  @Test(arguments: table, flags)
  func whatIsSoAlreadyIsNoChange(_ line: Line, _ flag: FlagSet) {
    let target = line.target ? flag : .none
    for policy in [RunOptions.FlagPolicy.merge, .source] {
      let change = FlagSync.change(
        of: UID(1), carried: line.carried ? flag : .none, source: line.source ? flag : .none,
        target: target, permanent: .everything, policy: policy)
      guard let change else { continue }
      #expect(target.union(change.add).subtracting(change.remove) != target)
    }
  }

  @Test(arguments: table, flags)
  func sourceMakesTheTargetLikeTheSource(_ line: Line, _ flag: FlagSet) {
    #expect(Self.applied(line, flag, .source) == line.source)
  }

  @Test(arguments: table, flags)
  func keepLeavesTheTargetAsItIs(_ line: Line, _ flag: FlagSet) {
    #expect(Self.applied(line, flag, .keep) == line.target)
  }

  @Test(arguments: table)
  func whatTheMailboxDoesNotKeepIsNeverAskedFor(_ line: Line) {
    let permanent = PermanentFlags(flags: FlagSet(system: .seen), allowsNewKeywords: false)
    let flag = FlagSet(system: .flagged, keywords: [Keyword("$Junk")])
    #expect(Self.applied(line, flag, .merge, permanent: permanent) == line.target)
  }

  @Test func flagsOfACopyThatWasThereBeforeAreOnlyAdded() {
    let source = FlagSet(system: [.seen, .deleted], keywords: [Keyword("Work")])
    let target = FlagSet(system: .answered)
    let carried = FlagSync.carriedBefore(source: source, target: target)
    let change = FlagSync.change(
      of: UID(1), carried: carried, source: source, target: target, permanent: .everything,
      policy: .merge)
    #expect(change?.add == FlagSet(system: .seen, keywords: [Keyword("Work")]))
    #expect(change?.remove.isEmpty == true)
  }
}
