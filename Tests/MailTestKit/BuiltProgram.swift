// mailmove: the binary under test, and what a run of it takes.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The `mailmove` that was built together with the tests.
package enum BuiltProgram {
  /// The binary lies beside the tests.
  package static var path: String {
    get throws {
      var folder = Bundle.main.bundleURL
      for _ in 0..<3 {
        let candidate = folder.appendingPathComponent("mailmove").path
        if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        folder.deleteLastPathComponent()
      }
      throw LabError("the mailmove binary is not beside the tests; run 'swift build' first")
    }
  }

  /// The whole environment of a run: a home and a search path, `more`, which comes first, and what
  /// a sanitizer needs.
  package static func environment(
    home: String, _ more: [String: String] = [:]
  ) -> [String: String] {
    let usual = ["HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    return more.merging(usual) { given, _ in given }
      .merging(Instrumentation.environment) { given, _ in given }
  }

  /// How a run ended and what it took.
  package struct Measured: Sendable {
    package let exit: Int32
    /// The most memory it had at any time (`ru_maxrss`), in bytes.
    package let peakBytes: Int
    /// What it said on both streams.
    package let words: String
  }

  /// Starts a program, waits for it, and writes how it ended and the most memory it had to a file.
  ///
  /// The system counts what a process was before it became another program, and a process that we
  /// start is, for a moment, as large as we are. So somebody small starts it.
  private static let starter = """
    import os, sys
    child = os.fork()
    if child == 0: os.execv(sys.argv[2], sys.argv[2:])
    _, status, usage = os.wait4(child, 0)
    open(sys.argv[1], "w").write(f"{status} {usage.ru_maxrss}")
    """

  /// Runs the binary to its end.
  ///
  /// - Parameter log: a file that takes what it says.
  package static func measure(
    _ arguments: [String], environment: [String: String], log: String
  ) async throws -> Measured {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", starter, log + ".usage", try Self.path] + arguments
    process.environment = environment
    guard FileManager.default.createFile(atPath: log, contents: nil) else {
      throw LabError("cannot make \(log)")
    }
    let words = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = words
    process.standardError = words
    try await process.runToEnd()
    let said = try String(contentsOfFile: log, encoding: .utf8)
    let usage = try? String(contentsOfFile: log + ".usage", encoding: .utf8)
    let numbers = (usage ?? "").split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2 else { throw LabError("mailmove cannot be measured: \(said)") }
    // The low seven bits tell the signal that ended it, the next eight the exit code.
    let signal = Int32(numbers[0] & 0x7F)
    return Measured(
      exit: signal == 0 ? Int32((numbers[0] >> 8) & 0xFF) : 128 + signal,
      peakBytes: numbers[1] << 10, words: said)
  }
}
