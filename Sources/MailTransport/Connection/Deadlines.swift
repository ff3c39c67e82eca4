// mailmove: how long a server may take.
// SPDX-License-Identifier: Apache-2.0

/// How long we wait for a server before a connection counts as lost.
package struct Deadlines: Sendable, Hashable {
  /// For a TCP connection: the resolver and all addresses of the host together. Linux alone would
  /// try each address for 130 s.
  package var connect: Duration = .seconds(30)
  /// For the TLS handshake. The slowest honest ones, on overloaded old servers, take a few seconds.
  package var handshake: Duration = .seconds(30)
  /// For the first byte of the answer to a command that is not known to be slow, and of the
  /// greeting.
  package var command: Duration = .seconds(120)
  /// For the first byte of the answer about a big mailbox: Exchange and Domino are known to think
  /// for minutes before they list one.
  package var firstByte: Duration = .seconds(600)
  /// For any byte to move, in either direction, while an answer or a message is under way.
  package var progress: Duration = .seconds(60)
  /// For the answer to CAPA, which some POP3 servers never give.
  package var capabilities: Duration = .seconds(15)
  /// For what brings an answer no further: remarks such as `* OK Still here`, or a line that does
  /// not end. Dovecot makes such a remark every few seconds while it works; nothing known works for
  /// an hour without a word of use.
  package var remarks: Duration = .seconds(3_600)
  /// For a whole answer, however steadily it comes, and for one message to be written. A message of
  /// 150 MB takes five hours at 8 kB a second; a listing of a million messages that the server has
  /// to open one by one takes as long at 60 a second.
  package var answer: Duration = .seconds(6 * 3_600)

  package init() {}
}
