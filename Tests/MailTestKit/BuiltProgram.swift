// mailmove: the binary under test, and what a run of it takes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

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

  /// Runs the binary to its end. It blocks.
  ///
  /// - Parameter log: a file that takes what it says.
  package static func measure(
    _ arguments: [String], environment: [String: String], log: String
  ) throws -> Measured {
    let path = try Self.path
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var child: pid_t = 0
    let failed = posix_spawn(&child, path, &actions, nil, &words, &variables)
    guard failed == 0 else { throw LabError("cannot start mailmove: error \(failed)") }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw LabError("cannot wait for mailmove: error \(errno)") }
    }
    // The low seven bits tell the signal that ended it, the next eight the exit code.
    let signal = status & 0x7F
    return Measured(
      exit: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, peakBytes: usage.ru_maxrss << 10,
      words: try String(contentsOfFile: log, encoding: .utf8))
  }
}
