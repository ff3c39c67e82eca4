// mailmove: what was said on the wire, safe to share.
// SPDX-License-Identifier: Apache-2.0

/// Renders what a connection says into lines that can be put into a bug report.
///
/// Whoever speaks the protocol says what kind of bytes they are; credentials and messages are only
/// counted. **Mailbox names, flags, user names outside of AUTHENTICATE and what the server says
/// about itself stay visible.**
package struct WireTrace: Sendable {
  /// Who spoke.
  package enum Direction: String, Sendable {
    case sent = "C:"
    case received = "S:"
  }

  /// How much of the bytes may be shown.
  package enum Kind: Sendable {
    /// Commands and responses: shown, up to `shownBytesMax`.
    case protocolText
    /// Passwords, tokens, SASL exchanges in both directions: never shown.
    case secret
    /// Literals with mail in them: never shown.
    case message
  }

  /// Bytes of protocol text shown of one chunk. Longer ones are lists of UIDs or mailboxes.
  package static let shownBytesMax = 500

  /// A trace that goes nowhere and costs nothing.
  package static let off = WireTrace(connection: "", sink: nil)

  private let connection: String
  private let sink: (@Sendable (String) -> Void)?

  /// - Parameters:
  ///   - connection: begins each line, such as `source 1`.
  ///   - sink: takes each line, without a line end; called on the connection's thread.
  package init(connection: String, sink: (@Sendable (String) -> Void)?) {
    self.connection = connection
    self.sink = sink
  }

  /// Whether anybody listens: chunks need not be gathered otherwise.
  package var isOn: Bool { sink != nil }

  /// Reports one chunk: a line, a literal or a part of one.
  package func record(_ direction: Direction, _ kind: Kind, _ bytes: some Collection<UInt8>) {
    guard let sink else { return }
    var line = "\(connection) \(direction.rawValue) "
    switch kind {
    case .secret: line += "<secret \(bytes.count) bytes>"
    case .message: line += "<message \(bytes.count) bytes>"
    case .protocolText:
      VisibleText.append(bytes.prefix(Self.shownBytesMax), to: &line)
      let rest = bytes.count - Self.shownBytesMax
      if rest > 0 { line += "<\(rest) bytes more>" }
    }
    sink(line)
  }
}
