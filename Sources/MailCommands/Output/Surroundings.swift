// mailmove: the process's surroundings.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MailJobs
import Synchronization

/// What a process finds around it: streams, their terminals, variables, the time.
struct Surroundings: Sendable {
  let environment: [String: String]
  let isTerminal: @Sendable (Terminal.Stream) -> Bool
  /// Columns of the terminal that shows the live line.
  let width: @Sendable () -> Int
  let now: @Sendable () -> ContinuousClock.Instant
  /// Seconds since 1970.
  let seconds: @Sendable () -> Int64
  /// Writes text as it is.
  let write: @Sendable (String, Terminal.Stream) -> Void
  /// Writes bytes to standard output as they are; throws `UndeliveredOutput`.
  let deliver: @Sendable ([UInt8]) throws -> Void
  /// Why some of what `write` was given for standard output is not there; nil if all of it is, or
  /// if nobody reads any more.
  var undelivered: @Sendable () -> UndeliveredOutput? = { nil }

  /// RFC 3339, in UTC.
  func timestamp() -> String { Timestamp.text(seconds()) }

  /// See no-color.org: any text in NO_COLOR turns colour off.
  func hasColours(_ stream: Terminal.Stream) -> Bool {
    isTerminal(stream) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  static func ofProcess(environment: [String: String]) -> Surroundings {
    let lost = FirstFailure()
    return Surroundings(
      environment: environment,
      isTerminal: { isatty($0.descriptor) == 1 },
      width: {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
      },
      now: { ContinuousClock.now },
      seconds: { Int64(time(nil)) },
      // No reason to stop the work: what it says of itself is not all that it does.
      write: { text, stream in
        let code = writeAll(Array(text.utf8), to: stream.descriptor)
        if stream == .output { lost.note(code) }
      },
      deliver: { bytes in
        let code = writeAll(bytes, to: STDOUT_FILENO)
        if code != 0 { throw UndeliveredOutput(code: code) }
      },
      undelivered: { lost.output })
  }

  /// The first failure of standard output; what is written behind a gap makes it no better.
  private final class FirstFailure: Sendable {
    private let code = Mutex<Int32>(0)

    func note(_ failure: Int32) {
      code.withLock { code in if code == 0 { code = failure } }
    }

    var output: UndeliveredOutput? {
      let output = UndeliveredOutput(code: code.withLock { $0 })
      return output.code == 0 || output.isReaderGone ? nil : output
    }
  }

  /// - Returns: why not all was written; 0 when it was.
  private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest.removeFirst(count)
      } else if errno == EAGAIN {
        // Somebody else made it so that writing does not wait.
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&room, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}

extension Terminal.Stream {
  fileprivate var descriptor: CInt {
    switch self {
    case .output: STDOUT_FILENO
    case .errors: STDERR_FILENO
    }
  }
}

/// Standard output did not take what was to be written.
struct UndeliveredOutput: Error {
  /// `errno`.
  let code: Int32

  /// Nobody reads any more.
  var isReaderGone: Bool { code == EPIPE }

  /// The reason, to stand inside a sentence.
  var reason: String { SystemError.text(code) }
}

/// Moments as text.
enum Timestamp {
  /// RFC 3339 in UTC: `2026-03-01T12:00:00Z`.
  static func text(_ seconds: Int64) -> String {
    var moment = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&moment, &parts) != nil else { return "" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      return strftime(base, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0
        ? String(cString: base) : ""
    }
  }
}
