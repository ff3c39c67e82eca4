// mailmove: tests of gathering messages into commands.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("Batches")
struct BatchingTests {
  static func batches(_ sizes: [Int64], suspects: Set<UInt32> = []) -> [[UInt32]] {
    let entries = sizes.enumerated().map { index, size in
      Entry(uid: UID(UInt32(index + 1)), size: size, internalDate: nil, flags: .none)
    }
    var batching = Batching(
      entries, uidValidity: UIDValidity(1), suspects: Set(suspects.map { UID($0) }))
    var result: [[UInt32]] = []
    while let batch = batching.peek() {
      batching.take(batch)
      result.append(batch.entries.map(\.uid.rawValue))
    }
    return result
  }

  @Test func nothingMakesNoBatch() { #expect(Self.batches([]).isEmpty) }

  @Test func holdNoMoreBytesThanAllowed() {
    let half = Batching.bytesMax / 2
    #expect(Self.batches([half, half, 1, half, half]) == [[1, 2], [3, 4], [5]])
  }

  @Test func holdNoMoreMessagesThanAllowed() {
    let batches = Self.batches(Array(repeating: 0, count: Batching.messagesMax * 2 + 1))
    #expect(batches.map(\.count) == [Batching.messagesMax, Batching.messagesMax, 1])
  }

  @Test func aMessageLargerThanABatchGoesAlone() {
    #expect(Self.batches([1, Batching.bytesMax + 1, 1]) == [[1], [2], [3]])
    #expect(Self.batches([Batching.bytesMax + 1, 1]) == [[1], [2]])
  }

  @Test func suspectsGoAlone() {
    #expect(Self.batches([1, 1, 1, 1, 1], suspects: [1, 3, 4]) == [[1], [2], [3], [4], [5]])
    #expect(Self.batches([1, 1, 1, 1, 1], suspects: [5]) == [[1, 2, 3, 4], [5]])
  }

  @Test func aSizeNobodyCanHaveCountsAsNone() {
    #expect(Self.batches([-1, Int64.min, 5]) == [[1, 2, 3]])
  }

  @Test func hugeDeclaredSizesGoAlone() {
    #expect(Self.batches([1 << 62, 1, 1]) == [[1], [2, 3]])
    #expect(Self.batches([1, 1 << 62, 1]) == [[1], [2], [3]])
  }

  @Test func sizesThatNoSumCanHoldAreSurvived() {
    #expect(Self.batches([1, Int64.max, 1]) == [[1], [2], [3]])
  }
}
