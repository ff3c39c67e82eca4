// mailmove: the client's side of transport tests.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailTransport

/// Runs a test's blocking calls where a connection's calls run.
actor TestClient {
  nonisolated let thread: ConnectionThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(name: String = "test client") throws { thread = try ConnectionThread(name: name) }

  func run<Result: Sendable>(
    _ body: @Sendable () throws -> Result
  ) rethrows -> Result { try body() }
}

/// Runs blocking calls on a thread of their own.
func onThread<Result: Sendable>(
  _ body: @Sendable () throws -> Result
) async throws -> Result {
  try await TestClient().run(body)
}

/// Runs blocking calls that have to fail, and returns how.
func failure(_ body: @Sendable () throws -> Void) async throws -> TransportError {
  try await onThread {
    do {
      try body()
    } catch let error as TransportError {
      return error
    }
    throw TestServerError(what: "nothing failed")
  }
}

/// An authority whose certificate is in a file as long as somebody needs it.
final class TestTrust: Sendable {
  static let authority = Result { try CertificateAuthority(name: "mailmove test authority") }
  /// A certificate for localhost and 127.0.0.1.
  static let identity = Result { try authority.get().issue() }

  let caFile: String

  init() throws {
    caFile = NSTemporaryDirectory() + "mailmove-ca-\(UUID().uuidString).crt"
    try Self.authority.get().certificatePEM.write(toFile: caFile, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: caFile) }

  func context(
    _ profile: TLSPolicy.Profile = .modern, serverName: String? = nil
  ) throws -> TLSContext {
    try TLSContext(
      TLSPolicy(profile: profile, trust: .caFile(caFile), serverName: serverName))
  }
}

extension Deadlines {
  /// Long enough for a loaded machine, short enough to notice a hang.
  static let test: Deadlines = {
    var deadlines = Deadlines()
    deadlines.connect = .seconds(20)
    deadlines.handshake = .seconds(20)
    deadlines.progress = .seconds(20)
    return deadlines
  }()
}

extension TLSTestServer {
  /// Connects to this server with TLS from the first byte.
  func connect(
    _ context: TLSContext, host: String = "localhost", deadlines: Deadlines = .test,
    interrupt: Interrupt? = nil
  ) throws -> SecureChannel {
    try SecureChannel.connect(
      host: host, port: port, context: context, deadlines: deadlines,
      interrupt: interrupt ?? Interrupt())
  }

  /// Connects to this server in clear text.
  func connectInClear(_ deadlines: Deadlines = .test) throws -> ClearChannel {
    try ClearChannel.connect(
      host: "localhost", port: port, deadlines: deadlines, interrupt: Interrupt())
  }
}

extension SecureChannel {
  /// Reads once, at most so many bytes.
  func readSome(_ count: Int = 64 << 10, within limit: Duration = .seconds(20)) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      used = try read(into: UnsafeMutableRawBufferPointer(buffer), within: limit)
    }
  }

  /// Reads until so many bytes are there.
  func readExactly(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let more = try readSome(min(1 << 20, count - bytes.count))
      if more.isEmpty { throw TestServerError(what: "the stream ended at \(bytes.count)") }
      bytes += more
    }
    return bytes
  }

  func readText(_ count: Int) throws -> String {
    String(decoding: try readExactly(count), as: UTF8.self)
  }
}

/// Bytes that do not repeat within a TLS record and compress a little.
func pattern(_ count: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
    for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 9) }
    used = count
  }
}
