// mailmove: the addresses of a host.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An IPv4 or IPv6 address with its port.
struct SocketAddress: Sendable {
  private let storage: [UInt8]
  let family: Int32

  init(_ pointer: UnsafePointer<sockaddr>, length: socklen_t) {
    storage = Array(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
    family = Int32(pointer.pointee.sa_family)
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
    storage.withUnsafeBytes { bytes in
      bytes.baseAddress.map {
        body($0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
      }
    }
  }

  /// The address in numbers, without the port.
  var text: String {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let code = withPointer {
      getnameinfo($0, $1, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
    }
    guard code == 0 else { return "unknown address" }
    return String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Asks the system's resolver (`man getaddrinfo`): hosts file, DNS and what else is configured.
  ///
  /// Blocks this thread for as long as the resolver takes, 30 s with common settings, and cannot be
  /// interrupted: see `NameLookup`.
  static func resolve(host: String, port: UInt16) throws(TransportError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_protocol = Int32(IPPROTO_TCP)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else {
      let isScarce = DescriptorRoom.current?.isBelow(descriptorsOfLookups) ?? false
      throw failure(code, errno: errno, isScarce: isScarce, host: host)
    }
    return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry in
      guard let info = entry?.pointee, let address = info.ai_addr else { return nil }
      return SocketAddress(address, length: info.ai_addrlen)
    }
  }

  /// Descriptors that the lookups of all lanes hold at once at both servers, and some for what else
  /// they open then.
  private static let descriptorsOfLookups = 32

  /// What a failed `getaddrinfo` means.
  ///
  /// A resolver that could not open the hosts file or a socket says that there is no such host, or
  /// to try again, but seldom why: where descriptors are scarce, that is the reason until there are
  /// more of them.
  ///
  /// - Parameter isScarce: whether this process has hardly a descriptor left.
  static func failure(
    _ code: Int32, errno: Int32, isScarce: Bool, host: String
  ) -> TransportError {
    if code == EAI_SYSTEM, isShortage(errno) {
      return .system(call: "getaddrinfo", reason: systemText(errno))
    }
    if isScarce { return .system(call: "getaddrinfo", reason: systemText(EMFILE)) }
    let reason = code == EAI_SYSTEM ? systemText(errno) : String(cString: gai_strerror(code))
    return .cannotResolve(host: host, reason: reason)
  }

  /// Alternates the families, in the resolver's order within each (RFC 8305, section 4), so that a
  /// broken IPv6 costs one attempt and not one for each of its addresses.
  static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first?.family else { return [] }
    var preferred = addresses.filter { $0.family == first }[...]
    var others = addresses.filter { $0.family != first }[...]
    var result: [SocketAddress] = []
    while !preferred.isEmpty || !others.isEmpty {
      if let next = preferred.popFirst() { result.append(next) }
      if let next = others.popFirst() { result.append(next) }
    }
    return result
  }
}
