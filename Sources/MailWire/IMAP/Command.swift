// mailmove: what we say to a server.
// SPDX-License-Identifier: Apache-2.0

/// One IMAP command without its tag (RFC 9051, 6): words, and arguments still to be encoded.
package struct Command: Sendable {
  /// A part of a command, with the way it has to be written.
  package enum Piece: Sendable {
    /// Our own words, already in wire form: no line end, no octet above 127.
    case text(String)
    /// A list of flags in parentheses.
    case flags(FlagSet)
    /// A string argument such as a mailbox name: quoted if it can be, else a literal.
    case string([UInt8])
    /// A string argument that no trace may show.
    case secret(Secret)
    /// Words without a space that no trace may show, already in wire form.
    case secretWords(Secret)
    /// The octets of a message, always a literal and never copied.
    case message([UInt8])
  }

  /// The command's own name, as `UID FETCH`, for traces and errors.
  package let name: String
  /// From the name to the last argument, with the spaces between them.
  package let pieces: [Piece]

  /// A command of words and arguments; `pieces` begin with the name.
  package init(_ name: String, _ pieces: [Piece] = []) {
    self.name = name
    self.pieces = [.text(name)] + pieces
  }
}

/// What cannot be put on the wire. Names the argument's kind, never its content.
package enum EncodingError: Error, Equatable, CustomStringConvertible {
  /// A line end, a NUL or an octet above 127 in what has to be plain words.
  case unsafeText(command: String)
  /// A keyword that is no atom, so that no server can take it.
  case keywordNotAnAtom(command: String)
  /// A NUL in a string argument, which IMAP cannot carry.
  case nulInString(command: String)
  /// A line end or a NUL in an argument of POP3, which no line can carry.
  case lineEndInArgument(command: String)

  package var description: String {
    switch self {
    case .unsafeText(let command):
      "\(command): a word of the command has a character that IMAP does not allow there"
    case .keywordNotAnAtom(let command):
      "\(command): a keyword has a character that IMAP does not allow in keywords"
    case .nulInString(let command):
      "\(command): a name or password has a NUL in it, which IMAP cannot carry"
    case .lineEndInArgument(let command):
      "\(command): a name or password has a line end or a NUL in it, which POP3 cannot carry"
    }
  }
}
