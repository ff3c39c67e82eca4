// mailmove: connecting to a host.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Connects to the first address of a host that answers (RFC 8305, simplified).
///
/// An attempt that has not answered after 250 ms gets company by the next address; the first to
/// connect wins, the others are closed.
struct Dialer {
  private struct Attempt {
    let descriptor: Int32
    let address: SocketAddress
  }

  private let host: String
  private let port: UInt16
  private let limit: Duration
  private let deadline: ContinuousClock.Instant
  private let interrupt: Interrupt
  private var waiting: ArraySlice<SocketAddress>
  private var running: [Attempt] = []
  private var failures: [TransportError.FailedAddress] = []

  private static let stagger = Duration.milliseconds(250)
  /// Addresses of one host that are tried: more than any provider has, few enough to hold a
  /// descriptor for each.
  private static let addressesMax = 16

  private init(
    _ addresses: [SocketAddress], host: String, port: UInt16, limit: Duration,
    deadline: ContinuousClock.Instant, interrupt: Interrupt
  ) {
    waiting = SocketAddress.interleaved(addresses).prefix(Self.addressesMax)
    self.host = host
    self.port = port
    self.limit = limit
    self.deadline = deadline
    self.interrupt = interrupt
  }

  /// Resolves and connects.
  ///
  /// - Parameter limit: for finding the addresses and for all attempts together.
  /// - Throws: `.cannotResolve`, `.resolverSilent`, `.cannotConnect` with what happened at each
  ///   address, `.timedOut`, `.interrupted`.
  static func connect(
    host: String, port: UInt16, within limit: Duration, interrupt: Interrupt,
    resolver: @escaping NameLookup.Resolver = SocketAddress.resolve
  ) throws(TransportError) -> Socket {
    try interrupt.check()
    let deadline = ContinuousClock.now + limit
    let addresses = try NameLookup.addresses(
      of: host, port: port, within: limit, interrupt: interrupt, resolver: resolver)
    var dialer = Dialer(
      addresses, host: host, port: port, limit: limit, deadline: deadline, interrupt: interrupt)
    defer { dialer.closeAll() }
    return try dialer.run()
  }

  private mutating func run() throws(TransportError) -> Socket {
    while true {
      if let connected = try startNext() { return adopt(connected) }
      if running.isEmpty {
        if !waiting.isEmpty { continue }
        throw .cannotConnect(host: host, port: port, attempts: failures)
      }
      let pause = waiting.isEmpty ? deadline : min(deadline, .now + Self.stagger)
      let ready = try Readiness.wait(
        for: running.map { ($0.descriptor, .output) }, until: pause, interrupt: interrupt)
      if let connected = settle(ready) { return adopt(connected) }
      if ContinuousClock.now >= deadline { throw .timedOut(phase: .connect, after: limit) }
    }
  }

  /// Begins with the next address; returns it if it connected at once.
  private mutating func startNext() throws(TransportError) -> Attempt? {
    guard let address = waiting.popFirst() else { return nil }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, kind, Int32(IPPROTO_TCP))
    guard descriptor >= 0 else {
      if isShortage(errno) { throw .system(call: "socket", reason: systemText(errno)) }
      fail(address, errno)
      return nil
    }
    let attempt = Attempt(descriptor: descriptor, address: address)
    if address.withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 { return attempt }
    if errno == EINPROGRESS {
      running.append(attempt)
    } else {
      fail(address, errno)
      close(descriptor)
    }
    return nil
  }

  /// Sorts out the attempts that have an outcome; returns the first that is connected.
  private mutating func settle(_ ready: [Readiness]) -> Attempt? {
    var pending: [Attempt] = []
    var winner: Attempt?
    for (attempt, state) in zip(running, ready) {
      if state.isEmpty || winner != nil {
        pending.append(attempt)
        continue
      }
      var code: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(attempt.descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
      if code == 0 {
        winner = attempt
      } else {
        fail(attempt.address, code)
        close(attempt.descriptor)
      }
    }
    running = pending
    return winner
  }

  private mutating func fail(_ address: SocketAddress, _ code: Int32) {
    failures.append(.init(address: address.text, reason: systemText(code)))
  }

  /// A command and its literal leave at once (no Nagle); a peer that vanished is noticed.
  private func adopt(_ attempt: Attempt) -> Socket {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(attempt.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    setsockopt(attempt.descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, size)
    return Socket(adopting: attempt.descriptor, interrupt: interrupt, host: host)
  }

  private mutating func closeAll() {
    for attempt in running { close(attempt.descriptor) }
    running = []
  }
}
