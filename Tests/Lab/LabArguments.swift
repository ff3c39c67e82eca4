// mailmove: arguments of the laboratory.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

/// A command and its `--name value` pairs.
struct LabArguments {
  let command: String
  let values: [String: String]

  init(_ words: some Sequence<String>) throws {
    var words = Array(words)
    guard !words.isEmpty else { throw LabError(MailMoveLab.usage) }
    command = words.removeFirst()
    guard words.count % 2 == 0 else { throw LabError("an option without value") }
    var values: [String: String] = [:]
    for index in stride(from: 0, to: words.count, by: 2) {
      guard words[index].hasPrefix("--") else { throw LabError("no option: \(words[index])") }
      values[String(words[index].dropFirst(2))] = words[index + 1]
    }
    self.values = values
  }

  func text(_ name: String) throws -> String {
    guard let value = values[name] else { throw LabError("--\(name) is missing") }
    return value
  }

  func number(_ name: String, default fallback: Int? = nil) throws -> Int {
    guard let text = values[name] else {
      guard let fallback else { throw LabError("--\(name) is missing") }
      return fallback
    }
    guard let number = Int(text), number >= 0 else {
      throw LabError("--\(name) needs a number, not \(text)")
    }
    return number
  }
}
