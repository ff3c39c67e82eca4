// mailmove: patterns for mailbox names.
// SPDX-License-Identifier: Apache-2.0

/// A pattern that a whole path must match.
///
/// `*` stands for any text, `/` included; `?` for one character; a backslash takes the next
/// character literally. `Sent` names that mailbox alone, `Sent/*` everything below it. Letters
/// count as written, except that INBOX is INBOX in any case (RFC 9051, 5.1).
///
/// Names are bytes, and keyboards differ in the bytes they make of an `é`. So a pattern also means
/// a path that is the same to read, unless it means another one to the byte (its twin).
package struct Glob: Sendable, Equatable, CustomStringConvertible {
  private enum Piece: Equatable {
    case anyText
    case anyCharacter
    case literal(Character)
  }

  /// The pattern as typed.
  package let description: String
  private let pieces: [Piece]

  package init(_ pattern: String) {
    description = pattern
    var pieces: [Piece] = []
    var isEscaped = false
    for character in MailboxPath.withInboxInCapitals(pattern) {
      if isEscaped {
        pieces.append(.literal(character))
        isEscaped = false
        continue
      }
      switch character {
      case "\\": isEscaped = true
      case "*": if pieces.last != .anyText { pieces.append(.anyText) }
      case "?": pieces.append(.anyCharacter)
      default: pieces.append(.literal(character))
      }
    }
    if isEscaped { pieces.append(.literal("\\")) }
    self.pieces = pieces
  }

  /// Whether the pattern means a path.
  ///
  /// - Parameter twins: other paths that are the same to read.
  package func means(_ path: String, twins: [String]) -> Bool {
    guard matches(path) else { return false }
    return twins.isEmpty || matches(path, exactly: true)
      || !twins.contains { matches($0, exactly: true) }
  }

  /// Whether the pattern matches the whole path. Time is at most pattern times path.
  ///
  /// - Parameter exactly: to the byte.
  package func matches(_ path: String, exactly: Bool = false) -> Bool {
    let text = Array(MailboxPath.withInboxInCapitals(path))
    var piece = 0
    var position = 0
    var retry: (piece: Int, position: Int)?
    while position < text.count {
      if piece < pieces.count, pieces[piece] == .anyText {
        piece += 1
        retry = (piece, position)
      } else if piece < pieces.count, accepts(pieces[piece], text[position], exactly) {
        piece += 1
        position += 1
      } else if let last = retry {
        // The last `*` takes one character more.
        retry = (last.piece, last.position + 1)
        piece = last.piece
        position = last.position + 1
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { $0 == .anyText }
  }

  private func accepts(_ piece: Piece, _ character: Character, _ exactly: Bool) -> Bool {
    switch piece {
    case .anyText: false
    case .anyCharacter: true
    case .literal(let literal):
      literal == character && (!exactly || literal.utf8.elementsEqual(character.utf8))
    }
  }
}
