// mailmove: a Swift file of the project.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file under `Sources`, `Tests` or `Fuzz`, read for checking.
struct SwiftFile: Sendable {
  /// From the root of the project, such as `Sources/MailWire/Limits.swift`.
  let path: String
  let lines: [String]
  let code: BlankedCode

  init(path: String, source: String) {
    self.path = path
    lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    code = BlankedCode(source)
  }

  /// The folder below `Sources`; nil in tests.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.first == "Sources" && parts.count > 2 ? String(parts[1]) : nil
  }

  /// The file's name without `.swift`.
  var name: String {
    String((path.split(separator: "/").last ?? "").dropLast(".swift".count))
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Every Swift file of the project, read once.
  static let project = Result { try readProject() }

  private static func readProject() throws -> [SwiftFile] {
    try ["Benchmarks", "Fuzz", "Sources", "Tests"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").sorted()
        .filter { $0.hasSuffix(".swift") }
        .map { name in
          let source = try String(contentsOfFile: "\(root)/\(folder)/\(name)", encoding: .utf8)
          return SwiftFile(path: "\(folder)/\(name)", source: source)
        }
    }
  }
}
