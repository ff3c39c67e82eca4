// mailmove: from a channel to a framer.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

extension SecureChannel {
  /// Waits for bytes, gives them to a framer and returns how many there were. Throws `SyncError`,
  /// also at the end of the stream.
  ///
  /// - Parameter patience: until the first byte of something; after that bytes only have to keep
  ///   coming.
  func read(
    into framer: inout some StreamFramer, within patience: Duration, _ deadlines: Deadlines,
    side: SyncError.Side
  ) throws -> Int {
    let deadline = framer.isMidResponse ? deadlines.progress : patience
    let count: Int
    do {
      count = try framer.fill { buffer in try read(into: buffer, within: deadline) }
    } catch let error as TransportError { throw SyncError(error, side: side) }
    guard count > 0 else {
      throw SyncError(
        .connectionLost, scope: .connection, remedy: .retry(after: nil), side: side,
        detail: "the server ended the connection")
    }
    return count
  }
}

extension WireTrace {
  /// Takes note of a part of a command.
  func record(sent chunk: WireChunk) {
    let kind: Kind =
      switch chunk.kind {
      case .protocolText: .protocolText
      case .secret: .secret
      case .message: .message
      }
    record(.sent, kind, chunk.bytes)
  }
}
