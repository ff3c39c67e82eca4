// mailmove: finding the addresses of a host in time.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import Synchronization

/// One question to the resolver, asked on a thread of its own.
///
/// `getaddrinfo` knows no deadline and cannot be interrupted, so whoever asks waits for the answer
/// and not for the thread. A thread whose answer comes too late ends with the resolver's call; it
/// keeps this object alive until then, and nothing else.
final class NameLookup: Sendable {
  /// Asks for the addresses of a host; may block for as long as it likes.
  typealias Resolver =
    @Sendable (_ host: String, _ port: UInt16) throws(TransportError) ->
    [SocketAddress]

  private let host: String
  private let port: UInt16
  private let resolver: Resolver
  private let answer = Mutex<Result<[SocketAddress], TransportError>?>(nil)
  /// Becomes readable with the answer (`man eventfd`).
  private let answered: Int32

  private init(host: String, port: UInt16, resolver: @escaping Resolver) throws(TransportError) {
    self.host = host
    self.port = port
    self.resolver = resolver
    answered = mm_eventfd()
    guard answered >= 0 else { throw .system(call: "eventfd", reason: systemText(errno)) }
  }

  deinit { close(answered) }

  /// The addresses of a host.
  ///
  /// - Parameter limit: how long the resolver may take.
  /// - Throws: `.cannotResolve`, `.resolverSilent`, `.interrupted`, `.system`.
  static func addresses(
    of host: String, port: UInt16, within limit: Duration, interrupt: Interrupt,
    resolver: @escaping Resolver
  ) throws(TransportError) -> [SocketAddress] {
    let deadline = ContinuousClock.now + limit
    let lookup = try NameLookup(host: host, port: port, resolver: resolver)
    try lookup.start()
    let ready = try Readiness.wait(
      for: [(lookup.answered, .input)], until: deadline, interrupt: interrupt)
    guard !ready[0].isEmpty, let answer = lookup.answer.withLock({ $0 }) else {
      throw .resolverSilent(host: host, after: limit)
    }
    return try answer.get()
  }

  private func start() throws(TransportError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        mm_name_thread("resolver")
        Unmanaged<NameLookup>.fromOpaque(context).takeRetainedValue().ask()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .system(call: "pthread_create", reason: systemText(code))
    }
  }

  private func ask() {
    let outcome: Result<[SocketAddress], TransportError>
    do throws(TransportError) {
      outcome = .success(try resolver(host, port))
    } catch {
      outcome = .failure(error)
    }
    answer.withLock { $0 = outcome }
    // The first write of an eventfd never fails.
    eventfd_write(answered, 1)
  }
}
