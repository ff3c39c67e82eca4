// mailmove: how the process meets the limits of the system.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MailTransport
import SyncEngine

/// How the process meets the limits of the system.
enum ProcessLimits {
  /// Call it first thing in `main`.
  ///
  /// No core file: it would hold passwords and mail (invariant 12). The limit is for us and whom we
  /// start, and does not count where cores are piped to a program; the seal is for us alone and
  /// does. A file that may not grow (`ulimit -f`) is an error of that file and not the end of the
  /// process.
  static func prepare() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    // The hard limit too: whoever we start shall not raise it, for it may be told a secret.
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    ProcessMemory.seal()
    signal(SIGXFSZ, SIG_IGN)
    if getenv("SWIFT_BACKTRACE") == nil { dieWithoutAPicture() }
  }

  /// The runtime writes a picture of a crash to the log, registers with the memory they point to
  /// among it. That memory may be a password or mail. Whoever asks for the picture gets it.
  private static func dieWithoutAPicture() {
    for crash in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] {
      signal(crash, SIG_DFL)
    }
  }

  /// Files below which nothing is begun: the runtime itself ends the process when it gets none.
  private static let filesMin: rlim_t = 16

  /// Why this process cannot do anything; nil if it can.
  static var shortage: SyncError? {
    var files = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0,
      files.rlim_cur < filesMin
    else { return nil }
    return SyncError(
      .systemRefused, scope: .run, remedy: .stop, side: .local,
      detail: "it may open only \(files.rlim_cur) files at once")
  }
}
