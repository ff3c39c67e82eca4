// mailmove: one connection of the test server.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Foundation
import Glibc

/// A blocking connection, as simple as a script wants it; used on its own thread only.
package final class TLSTestConnection: @unchecked Sendable {
  /// 1 for the server's first connection.
  package let number: Int
  /// Every byte received before TLS.
  package private(set) var clearTextReceived: [UInt8] = []

  let descriptor: Int32
  private let context: TLSServerContext
  private let gate: Gate
  private var ssl: OpaquePointer?
  private var isClosed = false
  private var buffer: [UInt8] = []

  /// How long a script waits for a client that does not speak before the test is taken for hung.
  private static let patienceSeconds = 60

  init(descriptor: Int32, context: TLSServerContext, number: Int, gate: Gate) {
    self.descriptor = descriptor
    self.context = context
    self.number = number
    self.gate = gate
    var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Puts on record what a client has sent in clear text and no script has read.
  func readRest() {
    guard ssl == nil else { return }
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT)), count > 0 {
      clearTextReceived += chunk[..<count]
    }
  }

  func end() {
    if let ssl { SSL_free(ssl) }
    Glibc.close(descriptor)
  }

  /// Whether the handshake is done.
  package var isSecure: Bool { ssl != nil }

  /// Does the handshake; what the client sent before it is forgotten, but on record.
  package func startTLS() throws {
    guard let session = SSL_new(context.pointer) else {
      throw CertificateError.openSSL("SSL_new")
    }
    buffer = []
    SSL_set_fd(session, descriptor)
    ERR_clear_error()
    guard SSL_accept(session) == 1 else {
      SSL_free(session)
      throw CertificateError.openSSL("SSL_accept")
    }
    ssl = session
  }

  /// Reads up to and without CRLF; nil when the client has ended the connection, however it did.
  package func readLine() throws -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        var line = buffer[..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        buffer.removeSubrange(...end)
        return text
      }
      guard let more = try receive() else { return nil }
      buffer += more
    }
  }

  /// Reads exactly so many bytes.
  package func readBytes(_ count: Int) throws -> [UInt8] {
    while buffer.count < count {
      guard let more = try receive() else {
        throw TestServerError(what: "the client left after \(buffer.count) of \(count) bytes")
      }
      buffer += more
    }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  /// Reads what comes next, whatever it is; nil when the client has ended the connection.
  package func readSome() throws -> [UInt8]? {
    if !buffer.isEmpty {
      defer { buffer = [] }
      return buffer
    }
    return try receive()
  }

  /// Writes text as it is: line ends are the script's.
  package func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Writes all of the bytes.
  package func write(_ bytes: [UInt8]) throws {
    var offset = 0
    while offset < bytes.count {
      let sent = bytes.withUnsafeBytes { all in
        let rest = UnsafeRawBufferPointer(rebasing: all[offset...])
        ERR_clear_error()
        return ssl.map { Int(SSL_write($0, rest.baseAddress, Int32(clamping: rest.count))) }
          ?? send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw TestServerError(what: "the client does not take our bytes") }
      offset += sent
    }
  }

  /// Writes each byte in a TLS record and a packet of its own.
  package func drip(_ bytes: [UInt8]) throws {
    for byte in bytes { try write([byte]) }
  }

  /// Says nothing until the test calls `TLSTestServer.release()`.
  package func waitForRelease() { gate.wait() }

  /// Says nothing for a while; false if the test has released the server.
  package func pause(milliseconds: Int) -> Bool {
    !gate.wait(until: Date(timeIntervalSinceNow: Double(milliseconds) / 1_000))
  }

  /// Ends the connection; without `notify` as if the network had cut it.
  package func close(notify: Bool = true) {
    guard !isClosed else { return }
    isClosed = true
    if notify, let ssl {
      ERR_clear_error()
      SSL_shutdown(ssl)
    }
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Ends the connection with a TCP reset; nothing can follow.
  package func reset() {
    isClosed = true
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    // To another family and back: the descriptor stays ours, the connection is reset at once.
    var unspecified = sockaddr()
    unspecified.sa_family = sa_family_t(AF_UNSPEC)
    connect(descriptor, &unspecified, socklen_t(MemoryLayout<sockaddr>.size))
  }

  private func receive() throws -> [UInt8]? {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, count in
      ERR_clear_error()
      let received =
        ssl.map { Int(SSL_read($0, space.baseAddress, Int32(space.count))) }
        ?? recv(descriptor, space.baseAddress, space.count, 0)
      failed = received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
      count = max(0, received)
    }
    if failed { throw TestServerError(what: "the client said nothing for a long time") }
    if ssl == nil { clearTextReceived += bytes }
    return bytes.isEmpty ? nil : bytes
  }
}
