// mailmove: the process's surroundings.
// SPDX-License-Identifier: Apache-2.0

import Glibc

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

  /// RFC 3339, in UTC.
  func timestamp() -> String { Timestamp.text(seconds()) }

  /// See no-color.org: any text in NO_COLOR turns colour off.
  func hasColours(_ stream: Terminal.Stream) -> Bool {
    isTerminal(stream) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  static func ofProcess(environment: [String: String]) -> Surroundings {
    Surroundings(
      environment: environment,
      isTerminal: { isatty($0.descriptor) == 1 },
      width: {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
      },
      now: { ContinuousClock.now },
      seconds: { Int64(time(nil)) },
      // A reader that went away is no reason to stop the work, so failures are of no interest.
      write: { text, stream in _ = writeAll(Array(text.utf8), to: stream.descriptor) },
      deliver: { bytes in
        let code = writeAll(bytes, to: STDOUT_FILENO)
        if code != 0 { throw UndeliveredOutput(code: code) }
      })
  }

  /// - Returns: why not all was written; 0 when it was.
  private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest.removeFirst(count)
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
