// mailmove: one TLS connection.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// An OpenSSL session over a non-blocking socket; to be used on one thread at a time.
///
/// Waiting happens in `poll` and nowhere else, always with a deadline and the connection's
/// interrupt.
final class TLSSession {
  /// Bytes that `write` may take in while the server does not take ours: the byte budget of a lane.
  /// Beyond it the server has to wait, as it would for a reader that is busy.
  static let inboxBytesMax = 32 << 20

  private let socket: Socket
  private let ssl: OpaquePointer
  private let verdict: PeerVerdict
  private var inbox = Inbox()
  /// Why nothing more can be read or written.
  private var failure: TransportError?
  /// The server said that it will send no more (close_notify).
  private var isAtEnd = false
  /// Bytes read and written inside TLS.
  private(set) var bytesReceived = 0
  private(set) var bytesSent = 0

  /// Prepares a session; nothing is sent before `handshake`.
  ///
  /// - Throws: `.settings` if the host cannot be a certificate's name.
  init(socket: Socket, context: TLSContext) throws(TransportError) {
    let host = context.policy.serverName ?? socket.host
    guard let name = ServerName(host) else {
      throw .settings(reason: "the host is not a name that a certificate can have")
    }
    guard let ssl = SSL_new(context.pointer) else {
      throw .system(call: "SSL_new", reason: OpenSSLErrors.take().text)
    }
    self.socket = socket
    self.ssl = ssl
    verdict = PeerVerdict(policy: context.policy, host: name.text)
    verdict.watch(ssl)
    guard name.apply(to: ssl), SSL_set_fd(ssl, socket.descriptor) == 1 else {
      throw .settings(reason: "OpenSSL does not accept the host name")
    }
  }

  deinit {
    close()
    SSL_free(ssl)
  }

  // MARK: Handshake

  /// Does the handshake and judges the server.
  func handshake(
    policy: TLSPolicy, followsClearText: Bool, within limit: Duration
  ) throws(TransportError) -> TLSInfo {
    let deadline = ContinuousClock.now + limit
    while true {
      try socket.interrupt.check()
      ERR_clear_error()
      let result = SSL_connect(ssl)
      let code = errno
      if result == 1 { break }
      let need: Readiness
      switch SSL_get_error(ssl, result) {
      case SSL_ERROR_WANT_READ: need = .input
      case SSL_ERROR_WANT_WRITE: need = .output
      case SSL_ERROR_SYSCALL:
        throw fail(Socket.failure(code, during: .handshake))
      default:
        throw fail(handshakeFailure(policy: policy, followsClearText: followsClearText))
      }
      _ = try socket.wait(for: need, until: deadline, phase: .handshake, limit: limit)
    }
    do {
      return try verdict.accept(ssl)
    } catch {
      throw fail(error)
    }
  }

  private func handshakeFailure(policy: TLSPolicy, followsClearText: Bool) -> TransportError {
    HandshakeFailure(
      host: policy.serverName ?? socket.host, profile: policy.profile,
      errors: OpenSSLErrors.take(),
      verifyCode: Int32(truncatingIfNeeded: SSL_get_verify_result(ssl)),
      presented: verdict.refused, followsClearText: followsClearText
    ).error
  }

  // MARK: Reading

  /// Reads what is there, or waits for the first byte of it.
  ///
  /// - Returns: the number of bytes; 0 when the server has ended the stream properly.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant,
    limit: Duration
  ) throws(TransportError) -> Int {
    while true {
      try socket.interrupt.check()
      var count = inbox.take(into: buffer)
      var need: Readiness = .input
      if count < buffer.count {
        let pulled = pull(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        count += pulled.count
        need = pulled.need
      }
      if count > 0 { return count }
      if let failure { throw failure }
      if isAtEnd { return 0 }
      _ = try socket.wait(for: need, until: deadline, phase: .read, limit: limit)
    }
  }

  /// Whether `read` would return, or throw, without waiting.
  var hasInput: Bool {
    if inbox.isEmpty { fillInbox() }
    return !inbox.isEmpty || isAtEnd || failure != nil
  }

  /// Puts bytes back before everything that is still to be read.
  func unread(_ bytes: [UInt8]) { inbox.prepend(bytes) }

  /// Reads until the buffer is full or nothing more is there; notes an end or a failure.
  private func pull(
    into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, need: Readiness) {
    var count = 0
    while count < buffer.count, !isAtEnd, failure == nil {
      ERR_clear_error()
      let result = SSL_read(
        ssl, buffer.baseAddress?.advanced(by: count), Int32(clamping: buffer.count - count))
      let code = errno
      if result > 0 {
        count += Int(result)
        bytesReceived += Int(result)
        continue
      }
      switch SSL_get_error(ssl, result) {
      case SSL_ERROR_WANT_READ: return (count, .input)
      case SSL_ERROR_WANT_WRITE: return (count, .output)
      case SSL_ERROR_ZERO_RETURN: isAtEnd = true
      case SSL_ERROR_SYSCALL: _ = fail(Socket.failure(code, during: .read))
      default: _ = fail(streamFailure(during: .read))
      }
    }
    return (count, [])
  }

  private func fillInbox() {
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { scratch in
      let count = pull(into: scratch).count
      inbox.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
    }
  }

  // MARK: Writing

  /// Writes all of the bytes. While the server takes none, what it sends is moved into the inbox,
  /// so that two sides that both write do not wait for each other.
  ///
  /// - Parameter patience: how long no byte may move, in either direction, and how long it may take
  ///   in all. After `.timedOut` the connection is of no more use: half a record is on its way.
  func write(
    _ buffer: UnsafeRawBufferPointer, _ patience: WritePatience
  ) throws(TransportError) {
    var offset = 0
    var deadline = patience.next
    while offset < buffer.count {
      try socket.interrupt.check()
      if let failure { throw failure }
      ERR_clear_error()
      let result = SSL_write(
        ssl, buffer.baseAddress?.advanced(by: offset), Int32(clamping: buffer.count - offset))
      let code = errno
      if result > 0 {
        offset += Int(result)
        bytesSent += Int(result)
        deadline = patience.next
        continue
      }
      let need: Readiness
      switch SSL_get_error(ssl, result) {
      case SSL_ERROR_WANT_READ: need = .input
      case SSL_ERROR_WANT_WRITE: need = .output
      case SSL_ERROR_SYSCALL: throw failWriting(Socket.failure(code, during: .write))
      default: throw failWriting(streamFailure(during: .write))
      }
      if try waitToWrite(need, until: deadline, patience) { deadline = patience.next }
    }
  }

  /// Returns whether bytes came in meanwhile.
  private func waitToWrite(
    _ need: Readiness, until deadline: ContinuousClock.Instant, _ patience: WritePatience
  ) throws(TransportError) -> Bool {
    var events = need
    if inbox.count < Self.inboxBytesMax && !isAtEnd { events.insert(.input) }
    let ready: Readiness
    do {
      ready = try socket.wait(
        for: events, until: deadline, phase: .write, limit: patience.limit(of: deadline))
    } catch {
      throw fail(error)
    }
    guard ready.contains(.input) else { return false }
    let before = bytesReceived
    fillInbox()
    return bytesReceived > before
  }

  /// A server that hangs up has often said why: keep that for `read`.
  private func failWriting(_ error: TransportError) -> TransportError {
    fillInbox()
    return fail(error)
  }

  // MARK: Ending

  /// Says close_notify if it can be said without waiting, and ends the connection.
  func close() {
    if failure == nil && SSL_is_init_finished(ssl) == 1 {
      ERR_clear_error()
      SSL_shutdown(ssl)
    }
    _ = fail(.interrupted)
    inbox = Inbox()
    shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }

  private func streamFailure(during phase: TransportError.Phase) -> TransportError {
    let errors = OpenSSLErrors.take()
    return errors.tlsReason == SSL_R_UNEXPECTED_EOF_WHILE_READING
      ? .closedByPeer(during: phase) : .protocolFailure(reason: errors.text)
  }

  /// The first failure is the one that counts.
  private func fail(_ error: TransportError) -> TransportError {
    let first = failure ?? error
    failure = first
    return first
  }
}
