// mailmove: how long a server may take.
// SPDX-License-Identifier: Apache-2.0

/// How long we wait for a server before a connection counts as lost.
package struct Deadlines: Sendable, Hashable {
  /// For a TCP connection: the resolver and all addresses of the host together. Linux alone would
  /// try each address for 130 s.
  package var connect: Duration = .seconds(30)
  /// For the TLS handshake. The slowest honest ones, on overloaded old servers, take a few seconds.
  package var handshake: Duration = .seconds(30)
  /// For the whole answer to a command that is not known to be slow, and for the greeting.
  package var command: Duration = .seconds(120)
  /// For the first byte of the answer about a big mailbox: Exchange and Domino are known to think
  /// for minutes before they list one.
  package var firstByte: Duration = .seconds(600)
  /// For any byte to move, in either direction, while an answer or a message is under way.
  package var progress: Duration = .seconds(60)

  package init() {}
}
