// mailmove: families of mail servers.
// SPDX-License-Identifier: Apache-2.0

/// A family of servers that behave alike; it tunes, it never unlocks anything unsafe.
package enum ServerFamily: String, Sendable, CaseIterable {
  case generic
}
