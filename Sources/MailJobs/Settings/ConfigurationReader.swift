// mailmove: reading the configuration file, with a place for every complaint.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// Turns nodes of YAML into settings, and complaints into sentences with line and column.
struct ConfigurationReader {
  struct Key {
    let text: String
    let node: Node
  }

  let file: String

  func compose(_ text: String) throws(UsageError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw syntaxError(error)
    } catch {
      throw UsageError("\(file): cannot be read as YAML")
    }
  }

  func pairs(of node: Node, called name: String) throws(UsageError) -> [(Key, Node)] {
    guard let mapping = node.mapping else {
      throw error("\(name): expected 'key: value' lines", at: node)
    }
    var pairs: [(Key, Node)] = []
    for (keyNode, value) in mapping {
      guard let text = keyNode.scalar?.string else {
        throw error("a key must be a word", at: keyNode)
      }
      pairs.append((Key(text: text, node: keyNode), value))
    }
    return pairs
  }

  func choices(in node: Node, called name: String) throws(UsageError) -> [Choice] {
    var choices: [Choice] = []
    for (key, value) in try pairs(of: node, called: name) {
      choices.append(try choice(key, value, known: []))
    }
    return choices
  }

  func job(_ node: Node, named name: Key) throws(UsageError) -> Configuration.Job {
    guard LedgerName.isJobName(name.text) else {
      throw error(
        "a job's name has letters, digits, '-', '_' and '.', at most 64, and no '.' in front",
        at: name.node)
    }
    var addresses: [String: Configuration.Job.Address] = [:]
    var choices: [Choice] = []
    for (key, value) in try pairs(of: node, called: name.text) {
      if key.text == "source" || key.text == "target" {
        guard let text = value.scalar?.string, !text.isEmpty else {
          throw error("\(key.text): expected an address such as imaps://user@host", at: value)
        }
        addresses[key.text] = .init(text: text, position: position(of: value))
      } else {
        choices.append(try choice(key, value, known: ["source", "target"]))
      }
    }
    guard let source = addresses["source"] else {
      throw error("job '\(name.text)' has no source", at: name.node)
    }
    guard let target = addresses["target"] else {
      throw error("job '\(name.text)' has no target", at: name.node)
    }
    return Configuration.Job(source: source, target: target, choices: choices)
  }

  func unknown(_ key: Key, known: [String]) -> UsageError {
    let shown = SafeText.visible(key.text)
    let found = Suggestion.closest(to: key.text, in: known)
    return error("'\(shown)' is not a key that mailmove knows", hint: found, at: key.node)
  }

  func error(_ message: String, hint: String? = nil, at node: Node) -> UsageError {
    UsageError(message, hint: hint).at(position(of: node))
  }

  private func choice(_ key: Key, _ value: Node, known: [String]) throws(UsageError) -> Choice {
    let settings = Setting.ofJobs.filter { $0.places.contains(.file) }
    guard let setting = settings.first(where: { $0.name == key.text }) else {
      if let secret = Setting.all.first(where: { $0.name == key.text && $0.isSecret }) {
        throw error(
          "\(secret.name): a password does not belong in this file",
          hint: "use \(secret.name)-file or \(secret.name)-command", at: key.node)
      }
      throw unknown(key, known: settings.map(\.name) + known)
    }
    let origin = Origin.file(position(of: value), key: key.text)
    return try Choice(setting, try values(of: value, for: setting), from: origin)
  }

  private func values(of node: Node, for setting: Setting) throws(UsageError) -> [String] {
    if let scalar = node.scalar {
      if scalar.string.isEmpty {
        throw error("\(setting.name): expected \(setting.kind.placeholder), got nothing", at: node)
      }
      return [scalar.string]
    }
    guard setting.kind.isList, let sequence = node.sequence else {
      throw error("\(setting.name): expected \(setting.kind.placeholder)", at: node)
    }
    var values: [String] = []
    for item in sequence {
      guard let text = item.scalar?.string else {
        throw error("\(setting.name): expected \(setting.kind.placeholder)", at: item)
      }
      do { try setting.kind.check(text) } catch {
        throw error.at(setting.name).at(position(of: item))
      }
      values.append(text)
    }
    return values
  }

  private func position(of node: Node) -> FilePosition {
    FilePosition(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  /// The parser's own words, without the excerpt it would show: that could be something private.
  private func syntaxError(_ error: YamlError) -> UsageError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return UsageError("not valid YAML: \(problem)")
        .at(FilePosition(file: file, line: mark.line, column: mark.column))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.sorted().map { "'\(SafeText.visible($0))'" }.joined(separator: ", ")
      return UsageError("\(keys) stands twice among the keys that begin here")
        .at(FilePosition(file: file, line: context.mark.line, column: context.mark.column))
    case .reader(let problem, _, _, _): return UsageError("\(file): not valid YAML: \(problem)")
    default: return UsageError("\(file): cannot be read as YAML")
    }
  }
}
