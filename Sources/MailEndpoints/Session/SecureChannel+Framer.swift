// mailmove: from a channel to a framer.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

extension SecureChannel {
  /// Waits for bytes and gives them to a framer. Throws `SyncError`, also at the end of the stream
  /// and when the server has said more than it may.
  ///
  /// - Parameters:
  ///   - patience: until the first byte of something; after that bytes only have to keep coming.
  ///   - isContent: what comes is a part of a message, or of another text that may be long.
  func read(
    into framer: inout some StreamFramer, within patience: Duration, _ deadlines: Deadlines,
    counting allowance: inout AnswerAllowance, isContent: Bool, side: SyncError.Side
  ) throws {
    let start = ContinuousClock.now
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
    do {
      try allowance.note(
        octets: count, after: ContinuousClock.now - start, isContent: isContent, deadlines)
    } catch { throw SyncError(error, side: side) }
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
