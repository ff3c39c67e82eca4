// mailmove: waiting for sockets.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a socket is ready for, or what to wait for (`man 2 poll`).
struct Readiness: OptionSet {
  let rawValue: Int16
  static let input = Readiness(rawValue: Int16(POLLIN))
  static let output = Readiness(rawValue: Int16(POLLOUT))

  /// Waits until at least one of the sockets is ready, or the deadline has passed.
  ///
  /// An error or hang-up counts as ready for what was asked: the next call on the socket tells
  /// more.
  ///
  /// - Returns: for each socket, what it is ready for; all empty at the deadline.
  /// - Throws: `.interrupted`, or `.system` if `poll` itself fails.
  static func wait(
    for wanted: [(descriptor: Int32, events: Readiness)],
    until deadline: ContinuousClock.Instant, interrupt: Interrupt
  ) throws(TransportError) -> [Readiness] {
    var entries = wanted.map { pollfd(fd: $0.descriptor, events: $0.events.rawValue, revents: 0) }
    entries.append(pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0))
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      let count = poll(&entries, nfds_t(entries.count), left.pollMilliseconds)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(call: "poll", reason: systemText(errno)) }
      try interrupt.check()
      // `poll` rounds: come back until the deadline has really passed.
      if count == 0 && ContinuousClock.now < deadline { continue }
      return zip(wanted, entries).map { want, entry in
        entry.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
          ? want.events : Readiness(rawValue: entry.revents).intersection(want.events)
      }
    }
  }
}

extension Duration {
  /// For `poll`: rounded up, never negative, never more than a day.
  fileprivate var pollMilliseconds: Int32 {
    if self <= .zero { return 0 }
    if self >= .seconds(86_400) { return 86_400_000 }
    let (seconds, attoseconds) = components
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
