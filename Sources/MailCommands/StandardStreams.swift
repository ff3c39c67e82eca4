// mailmove: the standard streams of the process.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The standard streams, which a process may be started without.
enum StandardStreams {
  /// Makes sure that no file of ours gets the number of a stream, since words would go into it.
  /// Call it before any file is opened.
  ///
  /// What takes the place of a missing one cannot be written, or read, so that results which nobody
  /// can get are no success.
  static func provide() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
      // The lowest number that is free is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
