// mailmove: the same work on all cores.
// SPDX-License-Identifier: Apache-2.0

/// Work on many items that is as good in any order.
enum OnAllCores {
  /// Does the work for each item; the results are in the order of the items.
  ///
  /// - Parameter done: is told of each item when its work is done, in any order.
  static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ work: @escaping @Sendable (Item) -> Result, done: (Item) -> Void
  ) async -> [Result] {
    await withTaskGroup(of: (index: Int, result: Result).self) { group in
      for (index, item) in items.enumerated() {
        group.addTask { (index, work(item)) }
      }
      var results: [(index: Int, result: Result)] = []
      results.reserveCapacity(items.count)
      for await finished in group {
        results.append(finished)
        done(items[finished.index])
      }
      return results.sorted { $0.index < $1.index }.map(\.result)
    }
  }
}
