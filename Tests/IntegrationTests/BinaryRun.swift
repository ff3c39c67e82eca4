// mailmove: one run of the real binary.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

/// Runs the built binary in a folder that is gone with the test.
struct BinaryRun {
  let folder: TemporaryFolder

  /// How a run ended.
  struct Ended: CustomStringConvertible {
    let exit: Int32
    let output: String
    let errors: String

    var description: String { "exit \(exit)\n\(output)\n\(errors)" }
  }

  /// A run that is going on.
  struct Going {
    let process: Process
    fileprivate let output: String
    fileprivate let ending: Task<Int32, Never>

    /// Waits for its end.
    func end() async throws -> Ended {
      let status = await ending.value
      return Ended(
        exit: status, output: try String(contentsOfFile: output, encoding: .utf8),
        errors: try String(contentsOfFile: output + ".errors", encoding: .utf8))
    }
  }

  init() throws { folder = try TemporaryFolder() }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - environment: besides `HOME` and `PATH`.
  ///   - shell: a line of shell that runs `"$@"`, to give the process other limits or another user.
  func run(
    _ arguments: [String], _ environment: [String: String] = [:], shell: String? = nil
  ) async throws -> Ended {
    try await start(arguments, environment, shell: shell).end()
  }

  /// Starts it, without a terminal and in the folder.
  func start(
    _ arguments: [String], _ environment: [String: String] = [:], shell: String? = nil
  ) throws -> Going {
    let process = Process()
    let command = [try BuiltProgram.path] + arguments
    process.executableURL = URL(fileURLWithPath: shell == nil ? "/usr/bin/setsid" : "/bin/sh")
    process.arguments =
      shell.map { ["-c", $0, "sh"] + command } ?? (["--wait"] + command)
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = BuiltProgram.environment(home: folder.path, environment)
    let output = folder.file("output-\(UUID().uuidString)")
    for path in [output, output + ".errors"] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: output + ".errors"))
    let (ends, end) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = {
      end.yield($0.ending)
      end.finish()
    }
    try process.run()
    let ending = Task {
      for await status in ends { return status }
      return Int32(-1)
    }
    return Going(process: process, output: output, ending: ending)
  }
}
