// mailmove: what other people's programs say.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a line of shell in a folder, as somebody who reads the README would.
enum Shell {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// - Returns: what it wrote to standard output.
  /// - Throws: when it ends with another status than 0, as when a program is not installed.
  static func run(_ line: String, in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let output = URL(fileURLWithPath: folder + "/.output-" + UUID().uuidString)
    let errors = URL(fileURLWithPath: output.path + "-errors")
    for file in [output, errors] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    let said = try String(decoding: Data(contentsOf: output), as: UTF8.self)
    guard process.terminationStatus == 0 else {
      let complaint = try String(decoding: Data(contentsOf: errors), as: UTF8.self)
      throw Failure(
        description: "\(line): status \(process.terminationStatus)\n\(said)\n\(complaint)")
    }
    return said.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
