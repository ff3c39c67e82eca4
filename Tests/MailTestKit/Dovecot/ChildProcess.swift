// mailmove: child processes of the laboratory.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A process started by the laboratory, in a session of its own, ended and reaped by its id.
final class ChildProcess: @unchecked Sendable {
  let id: pid_t
  private let lock = NSLock()
  private var status: Int32?

  /// Starts a program without a shell.
  ///
  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - input: a descriptor for its standard input; /dev/null when nil.
  ///   - output: a descriptor for its standard output and error; /dev/null when nil.
  init(_ arguments: [String], input: Int32? = nil, output: Int32? = nil) throws {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input ?? null, 0)
    posix_spawn_file_actions_adddup2(&actions, output ?? null, 1)
    posix_spawn_file_actions_adddup2(&actions, output ?? null, 2)
    for descriptor in Self.openDescriptors() where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Self.startNewSession))

    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, arguments[0], &actions, &attributes, &words, environ)
    guard failure == 0 else {
      throw LabError("cannot start \(arguments[0]): \(String(cString: strerror(failure)))")
    }
    id = child
  }

  /// glibc's POSIX_SPAWN_SETSID, which Swift's module of it does not show.
  private static let startNewSession: Int32 = 0x80

  /// What this process has open, such as another server's sockets; no server must keep it.
  static func openDescriptors() -> [Int32] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return (names ?? []).compactMap { Int32($0) }
  }

  /// The exit status (128 + n for signal n), or nil while it runs.
  func exitStatus() -> Int32? {
    lock.withLock {
      if let status { return status }
      var raw: Int32 = 0
      guard waitpid(id, &raw, WNOHANG) == id else { return nil }
      status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + raw & 0x7f
      return status
    }
  }

  /// Waits for its end until a deadline; nil if it still runs then.
  func wait(seconds: Double) -> Int32? {
    Deadline(seconds: seconds).poll { exitStatus() }
  }

  /// Asks it and its children to end, and makes them when they have not listened for five seconds.
  func terminate() {
    guard exitStatus() == nil else { return }
    kill(-id, SIGTERM)
    guard wait(seconds: 5) == nil else { return }
    kill(-id, SIGKILL)
    _ = wait(seconds: 5)
  }
}
