// mailmove: ports of a laboratory server.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Four loopback ports that were free a moment ago.
///
/// Nothing keeps another process from taking one before the server does; whoever starts the
/// server tries again with others when it says so.
package struct LabPorts: Sendable {
  /// IMAP in clear text until STARTTLS.
  package let imap: UInt16
  /// IMAP over implicit TLS.
  package let imaps: UInt16
  /// POP3 in clear text until STLS.
  package let pop3: UInt16
  /// POP3 over implicit TLS.
  package let pop3s: UInt16

  init() throws {
    let sockets = try (0..<4).map { _ in try Self.bindAnyPort() }
    defer { for socket in sockets { close(socket.descriptor) } }
    imap = sockets[0].port
    imaps = sockets[1].port
    pop3 = sockets[2].port
    pop3s = sockets[3].port
  }

  private static func bindAnyPort() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard descriptor >= 0, bound else {
      close(descriptor)
      throw LabError("no free port on 127.0.0.1: \(String(cString: strerror(errno)))")
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}

/// The socket address of a port on 127.0.0.1.
func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
  return address
}
