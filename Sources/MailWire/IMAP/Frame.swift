// mailmove: one response as it came.
// SPDX-License-Identifier: Apache-2.0

/// One response of a server: its text without line ends, and its literals beside it.
package struct Frame: Sendable, Equatable {
  /// A literal of a response (RFC 9051, 4.3).
  package struct Literal: Sendable, Equatable {
    /// The octets, or how many there were.
    package enum Content: Sendable, Equatable {
      case bytes([UInt8])
      /// Larger than may be held: read from the connection and dropped. The number of octets.
      case oversize(Int)
    }

    /// Where its marker, `{n}` with a `~` or `+` if there is one, stands in the text.
    package let marker: Range<Int>
    /// What the server sent after the marker.
    package let content: Content

    package init(marker: Range<Int>, content: Content) {
      self.marker = marker
      self.content = content
    }
  }

  /// The lines of the response joined, the literals' markers kept in place.
  package let text: [UInt8]
  /// In the order of their markers.
  package let literals: [Literal]

  package init(text: [UInt8], literals: [Literal] = []) {
    self.text = text
    self.literals = literals
  }
}

/// What makes the bytes of a connection unreadable from here on: the connection has to be closed.
package enum FramingError: Error, Equatable, CustomStringConvertible {
  /// A literal is announced with something other than digits between its braces.
  case literalLengthInvalid
  /// A literal is announced that would take too long even to skip. In octets.
  case literalTooLarge(Int)
  /// A response is longer than it may be. The limit in octets.
  case textTooLong(limit: Int)
  /// One response has more literals than it may have.
  case tooManyLiterals(limit: Int)

  package var description: String {
    switch self {
    case .literalLengthInvalid:
      "the server announced a literal without a valid length; the connection cannot be used further"
    case .literalTooLarge(let size):
      "the server announced a literal of \(size) octets, more than can be skipped"
    case .textTooLong(let limit):
      "the server sent a response of more than \(limit) octets"
    case .tooManyLiterals(let limit):
      "the server sent a response with more than \(limit) literals"
    }
  }
}
