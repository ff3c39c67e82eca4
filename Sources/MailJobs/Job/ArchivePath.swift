// mailmove: one form for the path of an archive.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The one form of an archive's path, by which ledgers know it: without symbolic links, doubled
/// slashes, `.` and `..`, and without a slash at its end.
///
/// A link is followed also where it leads to nothing, as it does while a disk is not mounted.
enum ArchivePath {
  /// As many as the system follows in one path.
  private static let linksMax = 40

  static func resolved(_ path: String) -> String {
    var rest = parts(of: path)
    var done: [Substring] = []
    var links = 0
    while let part = rest.popFirst() {
      if part == ".." {
        _ = done.popLast()
        continue
      }
      done.append(part)
      guard links < linksMax, let target = link(at: joined(done)) else { continue }
      links += 1
      if target.hasPrefix("/") { done = [] } else { done.removeLast() }
      rest = parts(of: target) + rest
    }
    return joined(done)
  }

  private static func parts(of path: String) -> ArraySlice<Substring> {
    path.split(separator: "/").filter { $0 != "." }[...]
  }

  private static func joined(_ parts: [Substring]) -> String { "/" + parts.joined(separator: "/") }

  /// Where a symbolic link leads; nil for anything else.
  private static func link(at path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }
}
