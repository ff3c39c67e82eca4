// mailmove: the words of a command, as a test server reads them.
// SPDX-License-Identifier: Apache-2.0

/// Cuts a command into words: atoms, strings without their quotes, groups with their parentheses.
struct IMAPWords {
  let words: [String]

  init(_ text: String) {
    var words: [String] = []
    var rest = Array(text)[...]
    while let first = rest.first {
      switch first {
      case " ": rest.removeFirst()
      case "\"": words.append(Self.quoted(&rest))
      case "(": words.append(Self.group(&rest))
      default:
        let word = rest.prefix { $0 != " " }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      }
    }
    self.words = words
  }

  private static func quoted(_ rest: inout ArraySlice<Character>) -> String {
    rest.removeFirst()
    var word = ""
    while let next = rest.popFirst(), next != "\"" {
      word.append(next == "\\" ? rest.popFirst() ?? next : next)
    }
    return word
  }

  private static func group(_ rest: inout ArraySlice<Character>) -> String {
    var depth = 0
    var word = ""
    while let next = rest.popFirst() {
      word.append(next)
      if next == "(" { depth += 1 }
      if next == ")" { depth -= 1 }
      if depth == 0 { break }
    }
    return word
  }

  /// What is in a group, without the parentheses.
  static func members(of group: String) -> [String] {
    group.dropFirst().dropLast().split(separator: " ").map(String.init)
  }

  /// Whether a UID is in a sequence set; `*` is the last one.
  static func contains(_ uid: UInt32, in set: String, last: UInt32) -> Bool {
    set.split(separator: ",").contains { range in
      let ends = range.split(separator: ":").map { $0 == "*" ? last : UInt32($0) ?? 0 }
      guard let first = ends.first, let second = ends.last else { return false }
      return (min(first, second)...max(first, second)).contains(uid)
    }
  }
}
