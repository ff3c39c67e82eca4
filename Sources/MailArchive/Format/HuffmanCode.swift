// mailmove: which bits stand for which byte.
// SPDX-License-Identifier: Apache-2.0

/// A Huffman code as deflate has them (RFC 1951, 3.2.2), made from how often each symbol comes.
struct HuffmanCode {
  /// Bits of each symbol; 0 for one that does not come.
  let lengths: [UInt8]

  private static let lengthMax = 15

  /// - Parameter counts: how often each symbol comes; at least one does.
  init(counts: [Int]) {
    var counts = counts
    var lengths = Self.lengths(counts)
    while lengths.contains(where: { $0 > Self.lengthMax }) {
      // Rare symbols get so long a code only beside very frequent ones: make them more alike.
      counts = counts.map { ($0 + 1) / 2 }
      lengths = Self.lengths(counts)
    }
    self.lengths = lengths
  }

  /// Bits that symbols take which come that often.
  func bits(for counts: [Int]) -> Int {
    zip(counts, lengths).reduce(0) { $0 + $1.0 * Int($1.1) }
  }

  /// The code of each symbol, its first bit lowest, as deflate packs them.
  var codes: [UInt16] {
    var counts = [UInt16](repeating: 0, count: Self.lengthMax + 1)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var next = [UInt16](repeating: 0, count: Self.lengthMax + 1)
    for length in 1...Self.lengthMax { next[length] = (next[length - 1] + counts[length - 1]) << 1 }
    return lengths.map { length in
      guard length > 0 else { return 0 }
      defer { next[Int(length)] += 1 }
      return Self.reversed(next[Int(length)], Int(length))
    }
  }

  private static func reversed(_ code: UInt16, _ length: Int) -> UInt16 {
    (0..<length).reduce(0) { $0 << 1 | (code >> UInt16($1)) & 1 }
  }

  /// Joins the two lightest nodes until one is left; those that were joined come out ascending, so
  /// that the lightest are always at the front of one of two queues.
  private static func lengths(_ counts: [Int]) -> [UInt8] {
    let leaves = counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$0], $0) < (counts[$1], $1) }
    var lengths = [UInt8](repeating: 0, count: counts.count)
    guard leaves.count > 1 else {
      for leaf in leaves { lengths[leaf] = 1 }
      return lengths
    }
    var weights = leaves.map { counts[$0] }
    let nodes = 2 * leaves.count - 1
    var parents = [Int](repeating: 0, count: nodes)
    var leaf = 0
    var joined = leaves.count
    while weights.count < nodes {
      var weight = 0
      for _ in 0..<2 {
        let isLeaf =
          leaf < leaves.count && (joined == weights.count || weights[leaf] <= weights[joined])
        let lightest = isLeaf ? leaf : joined
        if isLeaf { leaf += 1 } else { joined += 1 }
        parents[lightest] = weights.count
        weight += weights[lightest]
      }
      weights.append(weight)
    }
    var depths = [UInt8](repeating: 0, count: nodes)
    for node in (0..<nodes - 1).reversed() { depths[node] = depths[parents[node]] + 1 }
    for (node, leaf) in leaves.enumerated() { lengths[leaf] = depths[node] }
    return lengths
  }
}
