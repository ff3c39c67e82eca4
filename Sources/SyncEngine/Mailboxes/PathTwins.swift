// mailmove: paths that are the same to read.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Paths that are the same to read and differ in their bytes, such as `Café` with a composed and
/// with a decomposed `é`. There are hardly ever any.
package struct PathTwins: Sendable {
  private let groups: [String: [String]]

  package init(_ paths: [String]) {
    var groups: [String: [String]] = [:]
    if paths.contains(where: { !$0.isASCII }) {
      // The dictionary takes what is the same to read for one.
      for path in Set(paths.map { ExactText($0) }) {
        groups[path.text, default: []].append(path.text)
      }
    }
    self.groups = groups.filter { $0.value.count > 1 }
  }

  /// The others that are the same to read.
  package func twins(of path: String) -> [String] {
    groups.isEmpty ? [] : (groups[path] ?? []).filter { !$0.isExactly(path) }
  }

  /// Whether a path that somebody typed means one of these: the same bytes, or the same to read if
  /// no twin has the same bytes.
  package func isMeant(_ path: String, by typed: String) -> Bool {
    guard typed == path else { return false }
    return typed.isExactly(path) || !twins(of: path).contains { typed.isExactly($0) }
  }
}
