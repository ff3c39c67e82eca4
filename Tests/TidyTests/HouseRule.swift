// mailmove: the house rules.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// A rule every Swift file keeps; answers with what is wrong, a sentence each.
struct HouseRule: Sendable, CustomTestStringConvertible {
  let name: String
  let findings: @Sendable (SwiftFile) -> [String]

  var testDescription: String { name }

  static let fileLinesTarget = 400
  static let fileLinesMax = 700
  static let functionLinesMax = 60
  static let columnsMax = 100

  static let all = [header, length, columns, functions, names, words, imports]

  static let header = HouseRule(name: "two header lines") { file in
    let isRight =
      file.lines.count > 2 && file.lines[0].hasPrefix("// mailmove: ")
      && file.lines[0].hasSuffix(".") && file.lines[1] == "// SPDX-License-Identifier: Apache-2.0"
    return isRight ? [] : ["\(file.path):1: the header is not the two usual lines"]
  }

  static let length = HouseRule(name: "at most 700 lines a file") { file in
    let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
    return count <= fileLinesMax
      ? [] : ["\(file.path): \(count) lines; the limit is \(fileLinesMax)"]
  }

  static let columns = HouseRule(name: "at most 100 columns a line") { file in
    file.lines.enumerated().filter { $0.element.count > columnsMax }.map { index, line in
      "\(file.path):\(index + 1): \(line.count) columns; the limit is \(columnsMax)"
    }
  }

  static let functions = HouseRule(name: "at most 60 lines a function") { file in
    FunctionSpan.all(in: file.code).filter { $0.lineCount > functionLinesMax }.map { span in
      "\(file.path):\(span.line): \(span.lineCount) lines; the limit is \(functionLinesMax)"
    }
  }

  /// A file declares or extends what it is named after; `X+Y.swift` holds a part of X.
  static let names = HouseRule(name: "a file is named after its main type") { file in
    let subject = file.name.split(separator: "+").first.map(String.init) ?? file.name
    let kinds = ["struct", "class", "enum", "actor", "protocol", "typealias", "extension", "func"]
    let isDeclared = file.code.lines.contains { line in
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
      return zip(words, words.dropFirst()).contains { kind, name in
        kinds.contains(String(kind))
          && name.split(separator: ".").last?.lowercased() == subject.lowercased()
      }
    }
    return isDeclared || file.name == "main" ? [] : ["\(file.path): declares no \(subject)"]
  }

  private static let notes = ["TODO", "FIXME"]
  /// What a server causes may be there twice, and equal keys trap; in tables of our own no key is.
  private static let calls = [
    "Task.detached", "try!", "fatalError(", "as!", "uniqueKeysWithValues",
  ]
  private static let tables = [
    "Sources/SyncEngine/Mailboxes/MailboxRole.swift",
    "Sources/SyncEngine/Mailboxes/RoleNames/AmbiguousNames.swift",
  ]
  private static let printingFile = "Sources/MailCommands/Output/Terminal.swift"

  /// Notes are looked for in comments too, calls only in code; both only in the product.
  static let words = HouseRule(name: "no banned words") { file in
    var findings: [String] = []
    for (index, line) in file.code.lines.enumerated() {
      let place = "\(file.path):\(index + 1)"
      if line.contains("package import ") || line.contains("public import ") {
        findings.append("\(place): a plain import is enough")
      }
      guard file.target != nil else { continue }
      for note in notes where index < file.lines.count && file.lines[index].contains(note) {
        findings.append("\(place): \(note)")
      }
      for call in calls where line.contains(call) && !tables.contains(file.path) {
        findings.append("\(place): \(call) is not used here")
      }
      let printed = line.contains(/(^|[^A-Za-z0-9_.])(debugPrint|print)\(/)
      if printed, file.path != printingFile {
        findings.append("\(place): only Terminal prints")
      }
    }
    return findings
  }

  static let imports = HouseRule(name: "a target imports what is below it") { file in
    guard let target = file.target else { return [] }
    guard let allowed = ImportRules.allowed(in: target, file: file.name) else {
      return ["\(file.path): target \(target) has no import rule"]
    }
    return file.code.lines.enumerated().compactMap { index, line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
        words[..<keyword].allSatisfy({ $0.hasPrefix("@") || $0 == "package" })
      else { return nil }
      let module = String(words[keyword + 1].prefix { $0 != "." })
      return allowed.contains(module)
        ? nil : "\(file.path):\(index + 1): \(target) must not import \(module)"
    }
  }
}
