// mailmove: how the process meets the limits of the system.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How the process meets the limits of the system.
enum ProcessLimits {
  /// Call it first thing in `main`.
  ///
  /// No core file: it would hold passwords and mail (invariant 12). A file that may not grow
  /// (`ulimit -f`) is an error of that file and not the end of the process.
  static func prepare() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    // The hard limit too: whoever we start shall not raise it, for it may be told a secret.
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    signal(SIGXFSZ, SIG_IGN)
  }
}
