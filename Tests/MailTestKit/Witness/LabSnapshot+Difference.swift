// mailmove: what differs between two accounts.
// SPDX-License-Identifier: Apache-2.0

extension LabSnapshot {
  /// What differs between this account, the copy, and the original, a sentence each; empty when
  /// the copy holds every message exactly once, with its bytes, flags and date, and nothing else.
  ///
  /// - Parameters:
  ///   - original: the account that was copied.
  ///   - renamed: where a mailbox of the original is to be in the copy, if not under its own name.
  ///     Several may go into one.
  ///   - ignoredFlags: in lower case.
  package func difference(
    from original: LabSnapshot, renamed: [String: String] = [:], ignoredFlags: Set<String> = []
  ) -> [String] {
    var expected: [String: [Entry]] = [:]
    for (path, entries) in original.mailboxes {
      expected[renamed[path] ?? path, default: []] += entries
    }
    var sentences: [String] = []
    for path in Set(expected.keys).union(mailboxes.keys).sorted() {
      guard let wanted = expected[path] else {
        let count = mailboxes[path]?.count ?? 0
        if count > 0 { sentences.append("\(path): \(count) messages that nobody sent there") }
        continue
      }
      guard let present = mailboxes[path] else {
        sentences.append("\(path): missing, with \(wanted.count) messages")
        continue
      }
      sentences += Self.difference(
        in: path, present: present, wanted: wanted, ignoredFlags: ignoredFlags)
    }
    return sentences
  }

  private static func difference(
    in path: String, present: [Entry], wanted: [Entry], ignoredFlags: Set<String>
  ) -> [String] {
    let present = Dictionary(grouping: present, by: \.digest)
    let wanted = Dictionary(grouping: wanted, by: \.digest)
    func traits(_ entries: [Entry]) -> [String] {
      entries.map { entry in
        "(\(entry.flags.filter { !ignoredFlags.contains($0) }.joined(separator: " ")))"
          + " at \(entry.moment)"
      }.sorted()
    }
    var sentences: [String] = []
    for digest in Set(present.keys).union(wanted.keys).sorted() {
      let here = present[digest] ?? []
      let there = wanted[digest] ?? []
      let size = (here + there).first?.size ?? 0
      let message = "\(path): message \(digest.prefix(12)) of \(size) bytes"
      if here.count != there.count {
        sentences.append("\(message) is there \(here.count) times instead of \(there.count)")
      } else if traits(here) != traits(there) {
        sentences.append("\(message) has \(traits(here)) instead of \(traits(there))")
      }
    }
    return sentences
  }

  /// Finds for each mailbox of the original where the copy has it: under the same name, else the
  /// mailbox that has most of its messages.
  package func renamings(from original: LabSnapshot) -> [String: String] {
    let digests = mailboxes.mapValues { Set($0.map(\.digest)) }
    var renamed: [String: String] = [:]
    for (path, entries) in original.mailboxes where mailboxes[path] == nil {
      let best = digests.keys.sorted().map { candidate in
        (candidate, entries.count { digests[candidate]?.contains($0.digest) == true })
      }.max { $0.1 < $1.1 }
      if let best, best.1 > 0 { renamed[path] = best.0 }
    }
    return renamed
  }
}
