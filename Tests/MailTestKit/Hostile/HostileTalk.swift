// mailmove: what a server can do to a connection.
// SPDX-License-Identifier: Apache-2.0

/// A conversation that can go wrong in all the ways a network and a server know.
package protocol HostileTalk: AnyObject {
  /// Writes octets as they are.
  func say(octets: [UInt8]) throws
  /// Writes each octet in a packet of its own.
  func drip(_ octets: [UInt8]) throws
  /// Says nothing for a while; false if the test has released the server.
  func pause(milliseconds: Int) -> Bool
  /// Says nothing more until the test releases the server.
  func fallSilent()
  /// Cuts the connection after what was said, as a network would.
  func hangUp()
}
