// mailmove: secrets from commands.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailWire
import Synchronization

/// Runs a command that prints a password or a token in its first line.
///
/// `/bin/sh -c` runs it. What it writes to standard error goes to the user, who may have to see a
/// question; what it prints goes nowhere but here.
enum SecretCommand {
  /// Long enough for somebody to unlock a key ring.
  static let deadline = Duration.seconds(120)
  private static let starting = Mutex(())

  static func run(
    _ command: String, deadline: Duration = deadline
  ) throws(UsageError) -> Secret {
    // One at a time: no other child may inherit the pipe before it is marked as close-on-exec.
    let (process, output) = try starting.withLock { _ throws(UsageError) in try start(command) }
    defer { close(output) }
    let end = ContinuousClock.now + deadline
    guard let bytes = collect(output, until: end) else {
      throw give(up: process, "did not end within \(Quantity.time(deadline))")
    }
    guard bytes.count <= SecretFile.secretBytesMax else {
      throw give(up: process, "printed more than \(SecretFile.secretBytesMax >> 10) KiB")
    }
    guard let status = wait(for: process, until: end) else {
      throw give(up: process, "did not end within \(Quantity.time(deadline))")
    }
    guard status == 0 else {
      let signal = status & 0x7F
      throw UsageError(
        signal == 0
          ? "the command failed with exit status \((status >> 8) & 0xFF)"
          : "the command was ended by signal \(signal)",
        hint: "run it by hand to see why")
    }
    do { return try SecretFile.secret(from: bytes) } catch {
      throw error.at("the command's output")
    }
  }

  private static func give(up process: pid_t, _ what: String) -> UsageError {
    kill(process, SIGKILL)
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return UsageError("the command \(what)", hint: "run it by hand to see why")
  }

  private static func start(_ command: String) throws(UsageError) -> (pid_t, output: CInt) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw UsageError("cannot run the command: \(SystemError.text(errno))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var ordinary = sigset_t()
    sigemptyset(&ordinary)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGXFSZ] { sigaddset(&ordinary, signal) }
    posix_spawnattr_setsigdefault(&attributes, &ordinary)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] =
      ["/bin/sh", "-c", command].map { (text: String) in strdup(text) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var environment = inherited().map { (text: String) in strdup(text) } + [nil]
    defer { for entry in environment { free(entry) } }
    let failure = posix_spawn(
      &process, "/bin/sh", &actions, &attributes, &arguments, &environment)
    close(ends[1])
    guard failure == 0 else {
      close(ends[0])
      throw UsageError("cannot run the command: \(SystemError.text(failure))")
    }
    return (process, ends[0])
  }

  /// Our variables without those that hold passwords: the command has no need of them, and what it
  /// starts can be read by whoever may read its environment.
  private static func inherited() -> [String] {
    let secrets = Set(EndpointPlace.allCases.map { Setting.password.of($0).variable })
    return ProcessInfo.processInfo.environment.filter { !secrets.contains($0.key) }
      .map { "\($0.key)=\($0.value)" }
  }

  /// All it prints, one octet more than allowed at most; nil when time is up.
  private static func collect(
    _ descriptor: CInt, until end: ContinuousClock.Instant
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= SecretFile.secretBytesMax {
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&watched, 1, milliseconds(until: end))
      if ready == 0 { return nil }
      if ready < 0 {
        if errno == EINTR { continue }
        return nil
      }
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
    }
    return bytes
  }

  /// The status as `waitpid` gives it; nil when time is up.
  private static func wait(for process: pid_t, until end: ContinuousClock.Instant) -> CInt? {
    var status: CInt = 0
    while true {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { return status }
      if ended < 0 && errno != EINTR { return 0 }
      guard ContinuousClock.now < end else { return nil }
      // Output is closed, so it is about to end; there is nothing to wait on but time.
      poll(nil, 0, 5)
    }
  }

  private static func milliseconds(until end: ContinuousClock.Instant) -> CInt {
    let left = ContinuousClock.now.duration(to: end)
    return CInt(clamping: max(0, Int((left / .milliseconds(1)).rounded(.up))))
  }
}
