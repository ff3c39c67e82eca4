// mailmove: a TLS server that does what a test says.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailTransport
import Synchronization

/// A real TLS server on 127.0.0.1 that runs a script for each connection, on a thread of its own.
///
/// It stops with its last reference: sockets are closed, `waitForRelease` returns, threads have
/// ended.
package final class TLSTestServer: Sendable {
  /// What the server is asked to do with one connection; it may block.
  package typealias Script = @Sendable (TLSTestConnection) throws -> Void

  /// How a connection begins.
  package enum Opening: Sendable {
    /// With the TLS handshake; the script starts after it, or not at all if it fails.
    case tls
    /// In clear text; the script may call `startTLS`.
    case clear
  }

  /// The port it listens on, chosen by the system.
  package let port: UInt16
  private let listener: Int32
  private let ledger = TestServerLedger()
  private let threads = DispatchGroup()

  /// Starts to listen.
  package init(
    _ settings: TLSServerSettings, opening: Opening = .tls, script: @escaping Script
  ) throws {
    BrokenPipe.ignore()
    let context = try TLSServerContext(settings)
    (listener, port) = try Self.listen()
    let listener = self.listener
    let ledger = self.ledger
    let threads = self.threads
    // The threads do not hold the server, or its end would wait for itself.
    Self.start(in: threads) {
      while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
        let connection = ledger.open(descriptor, context)
        Self.start(in: threads) { ledger.serve(connection, opening, script) }
      }
    }
  }

  deinit {
    stop()
    close(listener)
  }

  /// Every byte that clients sent before TLS, of all connections; complete after `stop`.
  package var clearTextReceived: [UInt8] { ledger.state.withLock { $0.clearText } }

  /// What went wrong in scripts and handshakes, in words; complete after `stop`.
  package var failures: [String] { ledger.state.withLock { $0.failures } }

  /// Connections taken so far.
  package var connectionCount: Int { ledger.state.withLock { $0.accepted } }

  /// Lets `TLSTestConnection.waitForRelease` return, now and later.
  package func release() { ledger.released.open() }

  /// Ends all connections and waits for their threads.
  package func stop() {
    release()
    shutdown(listener, Int32(SHUT_RDWR))
    ledger.state.withLock { for open in $0.open { shutdown(open, Int32(SHUT_RDWR)) } }
    threads.wait()
  }

  private static func start(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
    group.enter()
    Thread.detachNewThread {
      body()
      group.leave()
    }
  }

  private static func listen() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, 128) == 0
          && getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard descriptor >= 0, result else { throw TestServerError(what: "cannot listen") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}

/// What stopped a script.
package struct TestServerError: Error, CustomStringConvertible {
  package let what: String
  package var description: String { what }
  package init(what: String) { self.what = what }
}

/// What the threads of a test server share.
private final class TestServerLedger: Sendable {
  struct State {
    var clearText: [UInt8] = []
    var failures: [String] = []
    var open: [Int32] = []
    var accepted = 0
  }

  let state = Mutex(State())
  let released = Gate()

  func open(_ descriptor: Int32, _ context: TLSServerContext) -> TLSTestConnection {
    let number = state.withLock { state in
      state.open.append(descriptor)
      state.accepted += 1
      return state.accepted
    }
    return TLSTestConnection(
      descriptor: descriptor, context: context, number: number, gate: released)
  }

  func serve(
    _ connection: TLSTestConnection, _ opening: TLSTestServer.Opening,
    _ script: TLSTestServer.Script
  ) {
    do {
      if opening == .tls { try connection.startTLS() }
      try script(connection)
      connection.close()
    } catch {
      state.withLock { $0.failures.append("\(error)") }
    }
    connection.readRest()
    state.withLock { state in
      state.clearText += connection.clearTextReceived
      state.open.removeAll { $0 == connection.descriptor }
    }
    connection.end()
  }
}

/// Something to wait for that happens once.
final class Gate: Sendable {
  private let condition = NSCondition()
  private let isOpen = Mutex(false)

  func open() {
    condition.lock()
    isOpen.withLock { $0 = true }
    condition.broadcast()
    condition.unlock()
  }

  func wait() {
    condition.lock()
    while !isOpen.withLock({ $0 }) { condition.wait() }
    condition.unlock()
  }

  /// Whether it has happened by then.
  func wait(until deadline: Date) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isOpen.withLock({ $0 }) {
      guard condition.wait(until: deadline) else { return false }
    }
    return true
  }
}
