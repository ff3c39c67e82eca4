// mailmove: keeping others out of our memory.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The memory of this process, which holds passwords and mail.
package enum ProcessMemory {
  /// Lets no core be dumped, to a program neither, and lets no other process of the same user read
  /// the memory or the environment (`man 2 prctl`, PR_SET_DUMPABLE). Call it first thing in `main`.
  package static func seal() { mm_seal_process() }
}
