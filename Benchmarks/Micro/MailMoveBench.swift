// mailmove: micro-benchmarks.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// `mailmove-bench [CASE…]`: what the parts cost that work on every message, as a Markdown table.
///
/// Each case runs in a process of its own, so that its peak of memory is its own.
@main
struct MailMoveBench {
  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    do {
      if words.first == "--one", words.count == 2 {
        try await runHere(words[1])
      } else {
        try runEach(words.isEmpty ? MicroCase.all.map(\.name) : words)
      }
    } catch {
      FileHandle.standardError.write(Data("mailmove-bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func runEach(_ names: [String]) throws {
    say("| case | items | CPU s | items/s | peak MiB |\n| --- | --- | --- | --- | --- |")
    for name in names {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = ["--one", name]
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw BenchError("\(name) failed") }
    }
  }

  private static func runHere(_ name: String) async throws {
    guard let one = MicroCase.all.first(where: { $0.name == name }) else {
      let known = MicroCase.all.map(\.name).joined(separator: ", ")
      throw BenchError("no such case: \(name); there are \(known)")
    }
    let work = try await one.prepare()
    let before = Usage.now
    try await work()
    let used = Usage.now
    let seconds = used.seconds - before.seconds
    let cells = [
      one.name, String(one.items), String(format: "%.3f", seconds),
      String(format: "%.0f", Double(one.items) / max(seconds, 0.000_001)),
      "\(used.peakBytes >> 20) (\(before.peakBytes >> 20) before)",
    ]
    say("| \(cells.joined(separator: " | ")) |")
  }

  /// Several processes write to the same output, so nothing waits in a buffer.
  private static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}

/// What went wrong, for people.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// What this process has used so far.
struct Usage {
  /// CPU time, user and system.
  let seconds: Double
  let peakBytes: Int

  static var now: Usage {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let parts = [usage.ru_utime, usage.ru_stime]
    return Usage(
      seconds: parts.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 },
      peakBytes: usage.ru_maxrss << 10)
  }
}
