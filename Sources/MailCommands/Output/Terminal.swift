// mailmove: where words go.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MailJobs
import SyncEngine
import Synchronization

/// Where every word goes: results to standard output, words about the work to standard error.
///
/// Rules of speech: small letters, no full stop at the end, an error is followed by a line that
/// says what to do. Colour and the live line only on a terminal. Whatever came from a server has
/// been through `SafeText` before it arrives here.
final class Terminal: Sendable {
  enum Stream: Sendable { case output, errors }
  enum Emphasis: Sendable { case none, strong, warning, error }

  /// What is said, and in which form.
  struct Manner: Sendable {
    var isJSON = false
    var isQuiet = false
    var isVerbose = false
  }

  let manner: Manner
  /// The job it speaks of, where there are several; it stands before results and errors.
  let job: String?
  private let surroundings: Surroundings
  private let start: ContinuousClock.Instant
  private let live: LiveLine

  /// There is one live line, however many jobs take turns on it.
  private final class LiveLine: Sendable {
    private let live = Mutex(Live())

    func withLock(_ body: (inout Live) -> Void) { live.withLock { body(&$0) } }
  }

  private struct Live: Sendable {
    var progress = ProgressState()
    var start: ContinuousClock.Instant?
    var isShown = false
    var isEnabled = false
    var drawn: ContinuousClock.Instant?
  }

  /// The least time between two drawings of the live line.
  static let redrawInterval = Duration.milliseconds(100)

  init(_ manner: Manner, _ surroundings: Surroundings) {
    self.manner = manner
    self.surroundings = surroundings
    job = nil
    start = surroundings.now()
    live = LiveLine()
  }

  private init(_ manner: Manner, job: String, amid all: Terminal) {
    self.manner = manner
    self.job = job
    surroundings = all.surroundings
    start = surroundings.now()
    live = all.live
  }

  /// The terminal for one of several jobs.
  func of(job: String, _ manner: Manner) -> Terminal {
    Terminal(manner, job: SafeText.visible(job), amid: self)
  }

  /// Somebody is watching.
  var isWatched: Bool { surroundings.isTerminal(.errors) || surroundings.isTerminal(.output) }

  var elapsed: Duration { start.duration(to: surroundings.now()) }

  /// The line that sums up what a command did.
  func summary(_ line: String) { result(job.map { "\($0): \(line)" } ?? line, .strong) }

  /// A line of the result.
  func result(_ line: String, _ emphasis: Emphasis = .none) { say(line, .output, emphasis) }

  /// A line about the work.
  func word(_ line: String, _ emphasis: Emphasis = .none) { say(line, .errors, emphasis) }

  /// Takes lines of the protocol trace; nil when nobody asked for it.
  var tracer: (@Sendable (String) -> Void)? {
    guard manner.isVerbose else { return nil }
    return { line in self.say(SafeText.visible(line), .errors, .none) }
  }

  /// One event for programs; nothing unless they asked.
  func event(_ name: String, _ fields: [(String, JSON)]) {
    guard manner.isJSON else { return }
    var head: [(String, JSON)] = [
      ("schema", 1), ("event", .string(name)), ("time", .string(surroundings.timestamp())),
    ]
    if let job { head.append(("job", .string(job))) }
    say(JSON.object(head + fields).text, .output, .none)
  }
}

// MARK: - The live line

extension Terminal {
  /// Begins to show the live line, if it may be shown.
  func startProgress() {
    guard surroundings.isTerminal(.errors), !manner.isJSON, !manner.isQuiet else { return }
    let now = surroundings.now()
    live.withLock { live in
      live = Live()
      live.start = now
      live.isEnabled = true
    }
    tick()
  }

  func endProgress() {
    live.withLock { live in
      erase(&live)
      live.isEnabled = false
    }
  }

  /// Takes note of an event and shows it when it is time.
  func advance(_ event: RunEvent) {
    let now = surroundings.now()
    live.withLock { live in
      live.progress.apply(event, at: live.start?.duration(to: now) ?? .zero)
    }
    tick()
  }

  /// The same for an event of a comparison.
  func advance(_ event: VerifyEvent) {
    let now = surroundings.now()
    live.withLock { live in
      live.progress.apply(event, at: live.start?.duration(to: now) ?? .zero)
    }
    tick()
  }

  /// Draws the live line anew, unless that was done a moment ago.
  func tick() {
    let now = surroundings.now()
    live.withLock { live in
      guard live.isEnabled, let start = live.start else { return }
      if let drawn = live.drawn, drawn.duration(to: now) < Self.redrawInterval { return }
      live.drawn = now
      live.isShown = true
      let line = ProgressBar.render(
        live.progress, width: surroundings.width(), at: start.duration(to: now))
      surroundings.write("\r\(line)\u{1B}[K", .errors)
    }
  }

  private func erase(_ live: inout Live) {
    guard live.isShown else { return }
    surroundings.write("\r\u{1B}[K", .errors)
    live.isShown = false
    live.drawn = nil
  }

  private func say(_ line: String, _ stream: Stream, _ emphasis: Emphasis) {
    live.withLock { live in
      erase(&live)
      surroundings.write(styled(line, stream, emphasis) + "\n", stream)
    }
  }

  private func styled(_ line: String, _ stream: Stream, _ emphasis: Emphasis) -> String {
    guard surroundings.hasColours(stream) else { return line }
    return switch emphasis {
    case .none: line
    case .strong: "\u{1B}[1m\(line)\u{1B}[0m"
    case .warning: "\u{1B}[33m\(line)\u{1B}[0m"
    case .error: "\u{1B}[31m\(line)\u{1B}[0m"
    }
  }
}
