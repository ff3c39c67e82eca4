// mailmove: the lock against a second run.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SyncEngine
import Synchronization

/// Keeps a second run away from a ledger, by `flock` on a file beside it.
///
/// The kernel releases the lock when the process ends, however it ends; the file itself stays and
/// means nothing. Its one line says who holds the lock, for the message the second run prints.
///
/// It is given back by `LOCK_UN` and not by closing alone: a child process that is just being
/// started has a copy of the descriptor until it runs its program, and a copy keeps the lock.
final class JournalLock: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Takes the lock of a ledger, or throws `journalLocked` with who holds it.
  init(besides path: String, now: Int64) throws(SyncError) {
    let lockPath = path + ".lock"
    let file = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SyncError.journal(errno: errno, at: lockPath) }
    guard Self.take(file) else {
      let code = errno
      let holder = Self.line(of: file)
      close(file)
      guard code == EWOULDBLOCK else { throw SyncError.journal(errno: code, at: lockPath) }
      throw SyncError.journal(
        .journalLocked, "\(path) is in use by \(holder.isEmpty ? "another process" : holder)")
    }
    Self.write("process \(getpid()) since \(Self.text(of: now))", to: file)
    descriptor = Mutex(file)
  }

  deinit { release() }

  /// Somebody holds the lock of a ledger. Nothing is written, and no lock file is made.
  static func isHeld(besides path: String) -> Bool {
    let file = open(path + ".lock", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    flock(file, LOCK_UN)
    return false
  }

  /// False, with `errno`, when it cannot be had.
  private static func take(_ file: Int32) -> Bool {
    for _ in 1..<attemptsMax {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      // Somebody may only be looking (`isHeld`), which is over in no time.
      poll(nil, 0, attemptPause)
    }
    return flock(file, LOCK_EX | LOCK_NB) == 0
  }

  private static let attemptsMax = 3
  /// Milliseconds.
  private static let attemptPause: Int32 = 10

  /// Gives the lock back; doing it twice is harmless.
  func release() {
    descriptor.withLock { file in
      guard let open = file else { return }
      ftruncate(open, 0)
      flock(open, LOCK_UN)
      close(open)
      file = nil
    }
  }

  /// Best effort: the lock holds whether or not there is room for its line.
  private static func write(_ line: String, to file: Int32) {
    ftruncate(file, 0)
    let bytes = Array(line.utf8)
    _ = pwrite(file, bytes, bytes.count, 0)
  }

  private static let lineLengthMax = 100

  private static func line(of file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: lineLengthMax)
    let count = pread(file, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  private static func text(of seconds: Int64) -> String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }
}
