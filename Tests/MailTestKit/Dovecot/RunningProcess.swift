// mailmove: processes of others.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A process that somebody else started.
package struct RunningProcess: Sendable {
  package let id: pid_t

  package init?(id: pid_t) {
    guard id > 1 else { return nil }
    self.id = id
  }

  /// Whether it still does anything; one that only waits to be reaped does not.
  package var isAlive: Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      let nameEnd = status.lastIndex(of: ")")
    else { return false }
    return !status[nameEnd...].dropFirst(2).hasPrefix("Z")
  }

  /// Ends it at once, as a power failure would.
  package func kill() {
    Glibc.kill(id, SIGKILL)
  }

  /// Asks it and the group it leads to end; ends them after ten seconds if they do not listen.
  package func terminateGroup() {
    Glibc.kill(-id, SIGTERM)
    let ended = Deadline(seconds: 10).poll { isAlive ? nil : true }
    if ended == nil { Glibc.kill(-id, SIGKILL) }
  }
}
