// mailmove: finding a server, and not finding one.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import MailTestKit
import Synchronization
import Testing

@testable import MailTransport

/// A listener that takes no connection: its queue is full, so the system drops what comes.
final class SilentListener: @unchecked Sendable {
  let port: UInt16
  private var descriptors: [Int32] = []

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    var opened = [listener]
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length)
        listen(listener, 0)
        getsockname(listener, pointer, &length)
        for _ in 0..<3 {
          let filler = socket(AF_INET, kind, 0)
          connect(filler, pointer, length)
          opened.append(filler)
        }
      }
    }
    descriptors = opened
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}

/// A resolver that says nothing until it is let go.
final class StuckResolver: Sendable {
  private let letGo = DispatchSemaphore(value: 0)
  private let asked: AsyncStream<Void>
  private let asking: AsyncStream<Void>.Continuation

  init() { (asked, asking) = AsyncStream.makeStream() }

  var resolve: NameLookup.Resolver {
    { [self] (host, _) throws(TransportError) in
      asking.yield()
      letGo.wait()
      throw .cannotResolve(host: host, reason: "too late")
    }
  }

  /// Returns once somebody waits for the resolver.
  func isAsked() async { for await _ in asked { return } }

  func release() { letGo.signal() }
}

@Suite struct DialerTests {
  private static func loopback(_ host: String, _ port: UInt16) throws -> [SocketAddress] {
    try SocketAddress.resolve(host: host, port: port)
  }

  @Test func saysThatAHostHasNoAddress() async throws {
    let error = try await failure {
      _ = try Dialer.connect(
        host: "no-such-host.invalid", port: 993, within: .seconds(20), interrupt: Interrupt())
    }
    guard case .cannotResolve("no-such-host.invalid", _) = error else { throw error }
  }

  @Test func aLookupWithoutDescriptorsIsNoFaultOfTheHost() {
    func failure(_ code: Int32, errno: Int32 = 0, isScarce: Bool) -> TransportError {
      SocketAddress.failure(code, errno: errno, isScarce: isScarce, host: "h")
    }
    let shortage = TransportError.system(call: "getaddrinfo", reason: systemText(EMFILE))
    for code in [EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_SYSTEM] {
      #expect(failure(code, isScarce: true) == shortage)
      guard case .cannotResolve("h", _) = failure(code, isScarce: false) else {
        Issue.record("\(code) is no shortage")
        continue
      }
    }
    #expect(failure(EAI_SYSTEM, errno: EMFILE, isScarce: false) == shortage)
  }

  @Test(arguments: [0, 1, 7, 8, 9, 64])
  func roomForDescriptorsIsWhatIsNotOpen(open: Int32) {
    let room = DescriptorRoom(limit: 64)
    for count in [1, 16, 64] {
      #expect(room.isBelow(count) { $0 < open } == (64 - Int(open) < count))
    }
    #expect(room.isBelow(2) { $0 != 31 })
    #expect(!room.isBelow(1) { $0 != 31 })
  }

  @Test func thisProcessHasRoom() throws {
    #expect(try #require(DescriptorRoom.current).limit > 0)
  }

  @Test func saysWhichAddressRefused() async throws {
    let server = try TLSTestServer(TLSServerSettings(identity: nil), opening: .clear) { _ in }
    server.stop()
    let port = server.port
    let error = try await failure {
      _ = try Dialer.connect(
        host: "127.0.0.1", port: port, within: .seconds(20), interrupt: Interrupt())
    }
    guard case .cannotConnect(_, port, let attempts) = error else { throw error }
    #expect(attempts.map(\.address) == ["127.0.0.1"])
    #expect(error.message.contains("refused"))
  }

  @Test func givesUpOnAHostThatDoesNotAnswer() async throws {
    let silent = try SilentListener()
    let error = try await failure {
      _ = try Dialer.connect(
        host: "127.0.0.1", port: silent.port, within: .milliseconds(300), interrupt: Interrupt())
    }
    #expect(error == .timedOut(phase: .connect, after: .milliseconds(300)))
  }

  @Test func triesTheNextAddressWhileOneIsSilent() async throws {
    let silent = try SilentListener()
    let server = try TLSTestServer(TLSServerSettings(identity: nil), opening: .clear) { _ in }
    let silentPort = silent.port
    let connected = try await onThread {
      try Dialer.connect(
        host: "two", port: server.port, within: .seconds(20), interrupt: Interrupt()
      ) { (_, port) throws(TransportError) in
        try SocketAddress.resolve(host: "127.0.0.1", port: silentPort)
          + SocketAddress.resolve(host: "127.0.0.1", port: port)
      }.descriptor >= 0
    }
    #expect(connected)
  }

  @Test(.timeLimit(.minutes(1)))
  func aResolverThatDoesNotAnswerCostsNoMoreThanTheDeadline() async throws {
    let resolver = StuckResolver()
    defer { resolver.release() }
    let started = ContinuousClock.now
    let error = try await failure {
      _ = try Dialer.connect(
        host: "slow.example.org", port: 993, within: .seconds(1), interrupt: Interrupt(),
        resolver: resolver.resolve)
    }
    #expect(error == .resolverSilent(host: "slow.example.org", after: .seconds(1)))
    #expect(
      error.message == "no answer from the resolver for slow.example.org within 1 s")
    #expect(ContinuousClock.now - started >= .seconds(1))
  }

  /// The resolver takes four of the six seconds; a deadline of its own would give connecting six.
  @Test(.timeLimit(.minutes(1)))
  func findingAnAddressAndConnectingToItShareOneDeadline() async throws {
    let silent = try SilentListener()
    let port = silent.port
    let resolved = Mutex(ContinuousClock.now)
    let (error, left) = try await onThread {
      let error = #expect(throws: TransportError.self) {
        try Dialer.connect(
          host: "slow.example.org", port: port, within: .seconds(6), interrupt: Interrupt()
        ) { (_, port) throws(TransportError) in
          _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .seconds(4))
          resolved.withLock { $0 = .now }
          return try SocketAddress.resolve(host: "127.0.0.1", port: port)
        }
      }
      return (error, resolved.withLock { ContinuousClock.now - $0 })
    }
    #expect(error == .timedOut(phase: .connect, after: .seconds(6)))
    #expect(left < .seconds(6))
  }

  @Test(.timeLimit(.minutes(1)))
  func waitingForTheResolverCanBeInterrupted() async throws {
    let resolver = StuckResolver()
    defer { resolver.release() }
    let interrupt = try Interrupt()
    async let outcome = failure {
      _ = try Dialer.connect(
        host: "slow.example.org", port: 993, within: .seconds(50), interrupt: interrupt,
        resolver: resolver.resolve)
    }
    await resolver.isAsked()
    interrupt.interrupt()
    #expect(try await outcome == .interrupted)
  }

  @Test func alternatesBetweenAddressFamilies() throws {
    let addresses =
      try Self.loopback("::1", 1) + Self.loopback("::2", 1) + Self.loopback("127.0.0.1", 1)
    #expect(SocketAddress.interleaved(addresses).map(\.text) == ["::1", "127.0.0.1", "::2"])
    #expect(SocketAddress.interleaved([]).isEmpty)
  }

  @Test func connectingCanBeInterrupted() async throws {
    let silent = try SilentListener()
    let interrupt = try Interrupt()
    async let outcome = failure {
      _ = try Dialer.connect(
        host: "127.0.0.1", port: silent.port, within: .seconds(20), interrupt: interrupt)
    }
    interrupt.interrupt()
    #expect(try await outcome == .interrupted)
  }
}
