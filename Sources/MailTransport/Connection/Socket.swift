// mailmove: a connected socket.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A connected, non-blocking TCP socket and the interrupt that ends its waiting; closed with its
/// last reference.
final class Socket {
  let descriptor: Int32
  let interrupt: Interrupt
  /// What the user asked for, for errors.
  let host: String

  /// Takes over an open descriptor.
  init(adopting descriptor: Int32, interrupt: Interrupt, host: String) {
    self.descriptor = descriptor
    self.interrupt = interrupt
    self.host = host
  }

  deinit { close(descriptor) }

  /// Waits for one of `events`, as a part of something that may take `limit` in all.
  func wait(
    for events: Readiness, until deadline: ContinuousClock.Instant,
    phase: TransportError.Phase, limit: Duration
  ) throws(TransportError) -> Readiness {
    let ready = try Readiness.wait(
      for: [(descriptor, events)], until: deadline, interrupt: interrupt)[0]
    if ready.isEmpty { throw .timedOut(phase: phase, after: limit) }
    return ready
  }

  /// Reads what is there without waiting; nil if nothing is, empty at the end of the stream.
  ///
  /// - Parameter peek: leaves the bytes in the socket.
  func receive(atMost count: Int, peek: Bool = false) throws(TransportError) -> [UInt8]? {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      var received: Int
      repeat {
        received = recv(
          descriptor, buffer.baseAddress, buffer.count,
          Int32(MSG_DONTWAIT) | (peek ? Int32(MSG_PEEK) : 0))
      } while received < 0 && errno == EINTR
      code = received < 0 ? errno : 0
      used = max(received, 0)
    }
    if code == EAGAIN || code == EWOULDBLOCK { return nil }
    guard code == 0 else { throw Self.failure(code, during: .read) }
    return bytes
  }

  /// Writes all of the bytes; each wait for the peer may take `progress`.
  func send(_ bytes: [UInt8], within progress: Duration) throws(TransportError) {
    var offset = 0
    var deadline = ContinuousClock.now + progress
    while offset < bytes.count {
      let sent = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset,
          Int32(MSG_NOSIGNAL))
      }
      if sent > 0 {
        offset += sent
        deadline = .now + progress
      } else if sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) {
        _ = try wait(for: .output, until: deadline, phase: .write, limit: progress)
      } else if !(sent < 0 && errno == EINTR) {
        throw Self.failure(errno, during: .write)
      }
    }
  }

  /// What an `errno` of a read or write means for the connection.
  static func failure(_ code: Int32, during phase: TransportError.Phase) -> TransportError {
    switch code {
    case ECONNRESET: .reset(during: phase)
    case EPIPE, 0: .closedByPeer(during: phase)
    default: .network(reason: systemText(code), during: phase)
    }
  }
}
