// mailmove: writing to a peer that is gone.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the system does when a write meets a connection that the peer has closed.
package enum BrokenPipe {
  /// Lets such a write fail instead of ending the process. OpenSSL cannot be told to do so itself:
  /// call it first thing in `main`.
  package static func ignore() { signal(SIGPIPE, SIG_IGN) }
}
