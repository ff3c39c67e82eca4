// mailmove: Swift source with comments and string contents blanked.
// SPDX-License-Identifier: Apache-2.0

/// Swift source in which every character of a comment or a string literal is a space, so that
/// words and braces can be counted; lines keep their numbers and lengths.
struct BlankedCode: Sendable {
  let text: [Character]
  let lines: [String]

  init(_ source: String) {
    var blanker = Blanker(source: Array(source))
    text = blanker.blank()
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}

private struct Blanker {
  let source: [Character]
  var position = 0
  var result: [Character] = []

  init(source: [Character]) {
    self.source = source
    result.reserveCapacity(source.count)
  }

  mutating func blank() -> [Character] {
    while position < source.count {
      switch source[position] {
      case "/" where starts("//"): skip { $0.source[$0.position] != "\n" }
      case "/" where starts("/*"): skipBlockComment()
      case "\"", "#":
        if !skipString() { keepOne() }
      default: keepOne()
      }
    }
    return result
  }

  private func starts(_ word: String) -> Bool {
    source[position...].starts(with: word)
  }

  private mutating func keepOne() {
    result.append(source[position])
    position += 1
  }

  private mutating func skipOne() {
    result.append(source[position] == "\n" ? "\n" : " ")
    position += 1
  }

  private mutating func skip(count: Int) {
    for _ in 0..<count where position < source.count { skipOne() }
  }

  private mutating func skip(while condition: (Blanker) -> Bool) {
    while position < source.count, condition(self) { skipOne() }
  }

  private mutating func skipBlockComment() {
    skip(count: 2)
    skip { !$0.starts("*/") }
    skip(count: 2)
  }

  /// Skips the string literal that begins here; false when none does.
  private mutating func skipString() -> Bool {
    let hashes = source[position...].prefix { $0 == "#" }.count
    let rest = source[(position + hashes)...]
    guard rest.first == "\"" else { return false }
    let pounds = String(repeating: "#", count: hashes)
    let quotes = rest.starts(with: "\"\"\"") ? "\"\"\"" : "\""
    skip(count: hashes + quotes.count)
    while position < source.count {
      if starts(quotes + pounds) {
        skip(count: quotes.count + hashes)
        return true
      }
      if starts("\\\(pounds)(") {
        skip(count: hashes + 2)
        skipInterpolation()
      } else if starts("\\\(pounds)") {
        skip(count: hashes + 2)
      } else {
        skipOne()
      }
    }
    return true
  }

  /// Up to and with the parenthesis that closes it; strings inside may hold others.
  private mutating func skipInterpolation() {
    var depth = 1
    while position < source.count, depth > 0 {
      if skipString() { continue }
      switch source[position] {
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
      skipOne()
    }
  }
}
