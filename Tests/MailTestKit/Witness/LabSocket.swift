// mailmove: a blocking TLS connection for tests.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Foundation
import Glibc

/// TLS over a loopback socket, blocking, with a timeout on every read and write.
///
/// Shares nothing with the product's transport, so that it can bear witness about it.
final class LabSocket {
  private let descriptor: Int32
  private let context: OpaquePointer
  private let connection: OpaquePointer

  /// Connects and shakes hands as `localhost`; the certificate must be signed by the authority.
  init(port: UInt16, authorityFile: String, timeout: Int = 60) throws {
    descriptor = try Self.connect(port: port, timeout: timeout)
    guard let context = SSL_CTX_new(TLS_client_method()), let connection = SSL_new(context) else {
      close(descriptor)
      throw LabError("OpenSSL has no memory")
    }
    self.context = context
    self.connection = connection
    ERR_clear_error()
    SSL_CTX_load_verify_locations(context, authorityFile, nil)
    SSL_set_verify(connection, SSL_VERIFY_PEER, nil)
    SSL_set1_host(connection, "localhost")
    _ = mm_ssl_set_sni(connection, "localhost")
    SSL_set_fd(connection, descriptor)
    guard SSL_connect(connection) == 1 else {
      throw LabError("no TLS with 127.0.0.1:\(port): \(Self.reason())")
    }
  }

  deinit {
    SSL_free(connection)
    SSL_CTX_free(context)
    close(descriptor)
  }

  /// Some bytes, at least one.
  func read() throws -> [UInt8] {
    ERR_clear_error()
    return try [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      let got = SSL_read(connection, buffer.baseAddress, Int32(buffer.count))
      guard got > 0 else { throw LabError("the server sent nothing more: \(Self.reason())") }
      count = Int(got)
    }
  }

  func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      ERR_clear_error()
      let count = bytes[sent...].withUnsafeBytes { rest in
        Self.withoutBrokenPipeSignal {
          SSL_write(connection, rest.baseAddress, Int32(min(rest.count, 1 << 20)))
        }
      }
      guard count > 0 else { throw LabError("the server takes nothing more: \(Self.reason())") }
      sent += Int(count)
    }
  }

  /// A connected socket on 127.0.0.1, with a timeout in seconds on reading and writing.
  static func connect(port: UInt16, timeout: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: timeout, tv_usec: 0)
    let limitSize = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, limitSize)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, limitSize)
    var noDelay: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, 4)
    var address = loopback(port: port)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard connected else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw LabError("cannot connect to 127.0.0.1:\(port): \(reason)")
    }
    return descriptor
  }

  /// OpenSSL writes without MSG_NOSIGNAL; a server that has gone must not end the test process.
  private static func withoutBrokenPipeSignal<Result>(_ body: () -> Result) -> Result {
    var pipe = sigset_t()
    var before = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer {
      var now = timespec(tv_sec: 0, tv_nsec: 0)
      while sigtimedwait(&pipe, nil, &now) == SIGPIPE {}
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    return body()
  }

  private static func reason() -> String {
    let code = ERR_get_error()
    guard code != 0 else { return String(cString: strerror(errno)) }
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(code, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
  }
}
