// mailmove: how long functions are.
// SPDX-License-Identifier: Apache-2.0

/// A function, initializer, deinitializer or subscript and the lines it takes.
struct FunctionSpan: Equatable {
  let line: Int
  let lineCount: Int

  private static let keywords: Set<String> = ["func", "init", "deinit", "subscript"]
  private static let otherDeclarations: Set<String> = ["var", "let", "case", "associatedtype"]

  /// All bodies in a file, nested ones too; lines count from 1.
  static func all(in code: BlankedCode) -> [FunctionSpan] {
    let text = code.text
    var spans: [FunctionSpan] = []
    var line = 1
    var position = 0
    while position < text.count {
      if text[position] == "\n" { line += 1 }
      guard isWordPart(text[position]) else {
        position += 1
        continue
      }
      let word = word(in: text, at: position)
      let isCall = position > 0 && text[position - 1] == "."
      if keywords.contains(word), !isCall,
        let length = bodyLineCount(text, after: position + word.count)
      {
        spans.append(FunctionSpan(line: line, lineCount: length))
      }
      position += word.count
    }
    return spans
  }

  /// Lines from the keyword to the brace that closes the body; nil when there is no body.
  private static func bodyLineCount(_ text: [Character], after start: Int) -> Int? {
    var lines = 1
    var parentheses = 0
    var braces = 0
    var position = start
    while position < text.count {
      switch text[position] {
      case "\n": lines += 1
      case "(": parentheses += 1
      case ")": parentheses -= 1
      case "{": braces += 1
      case "}":
        braces -= 1
        if braces <= 0 { return braces == 0 ? lines : nil }
      case let character where isWordPart(character):
        let word = word(in: text, at: position)
        let isDeclaration = keywords.contains(word) || otherDeclarations.contains(word)
        if isDeclaration, braces == 0, parentheses == 0 { return nil }
        position += word.count
        continue
      default: break
      }
      position += 1
    }
    return nil
  }

  private static func word(in text: [Character], at position: Int) -> String {
    String(text[position...].prefix(while: isWordPart))
  }

  private static func isWordPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
