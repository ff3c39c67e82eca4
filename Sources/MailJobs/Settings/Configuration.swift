// mailmove: the configuration file.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// A place in the configuration file, counted from 1.
package struct FilePosition: Sendable, Equatable, CustomStringConvertible {
  let file: String
  let line: Int
  let column: Int

  package var description: String { "\(file):\(line):\(column)" }
}

/// The configuration file: defaults for every run, and jobs with a name.
///
///     version: 1
///     defaults:
///       lanes: 2
///     jobs:
///       alice:
///         source: imaps://alice@old.example.org
///         target: imaps://alice@new.example.org
///         source-password-file: /etc/mailmove/alice.old
///
/// Every error begins with the file, the line and the column. Nothing secret may stand in it. What
/// is wrong with a job keeps that job alone from running.
package struct Configuration: Sendable {
  /// A job as written, with its address still unread.
  package struct Job: Sendable {
    struct Address: Sendable {
      let text: String
      let position: FilePosition
    }
    let source: Address
    let target: Address
    package let choices: [Choice]
  }

  let file: String
  package private(set) var defaults: [Choice] = []
  /// The names of the jobs, in the file's order.
  package private(set) var names: [String] = []
  private var jobs: [String: Result<Job, UsageError>] = [:]

  /// A configuration that says nothing.
  init(absent file: String) { self.file = file }

  /// Reads the text of a file.
  init(_ text: String, file: String) throws(UsageError) {
    self.file = file
    let reader = ConfigurationReader(file: file)
    guard let root = try reader.compose(text) else { return }
    var hasVersion = false
    for (key, node) in try reader.pairs(of: root, called: "the file") {
      switch key.text {
      case "version":
        guard node.scalar?.string == "1" else {
          throw reader.error("version: this mailmove reads version 1 only", at: node)
        }
        hasVersion = true
      case "defaults": defaults = try reader.choices(in: node, called: "defaults")
      case "jobs":
        for (name, job) in try reader.pairs(of: node, called: "jobs") {
          names.append(name.text)
          do { jobs[name.text] = .success(try reader.job(job, named: name)) } catch {
            jobs[name.text] = .failure(error)
          }
        }
      default: throw reader.unknown(key, known: ["version", "defaults", "jobs"])
      }
    }
    if !hasVersion { throw reader.error("'version: 1' is missing", at: root) }
  }

  /// The job with a name; throws what is wrong with it.
  package func job(named name: String) throws(UsageError) -> Job {
    if let job = jobs[name] { return try job.get() }
    let shown = SafeText.visible(name)
    let hint =
      Suggestion.closest(to: name, in: names)
      ?? (names.isEmpty
        ? "write jobs there, or give two addresses: mailmove sync imaps://… imaps://…"
        : SafeText.visible("the jobs are \(names.joined(separator: ", "))"))
    throw UsageError("\(file) has no job '\(shown)'", hint: hint)
  }
}
