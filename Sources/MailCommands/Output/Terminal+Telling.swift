// mailmove: telling how something ended.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

extension Terminal.Manner {
  init(_ settings: Settings) {
    isJSON = settings.isOn(.json)
    isQuiet = settings.isOn(.quiet)
    isVerbose = settings.isOn(.verbose)
  }
}

extension Terminal {
  /// Tells what has to be put right first.
  func tell(_ error: UsageError) -> ExitStatus {
    complain(SafeText.visible(error.message), hint: error.hint.map(SafeText.visible))
    event(
      "error",
      [
        ("exit", JSON(ExitStatus.usage.rawValue)), ("cause", "usage"),
        ("message", .string(error.message)), ("hint", JSON(error.hint)),
      ])
    return .usage
  }

  /// Tells what ended a command before it had a result.
  func tell(_ error: any Error, signal: Int32? = nil, alone: Bool = false) -> ExitStatus {
    if let usage = error as? UsageError { return tell(usage) }
    let error = SyncError.from(error)
    let status = ExitStatus(error).after(signal)
    complain(error, alone: alone)
    event(
      "error", [("exit", JSON(status.rawValue))] + ErrorText.fields(error, alone: alone))
    return status
  }

  /// Tells that results did not get to where they were to go (invariant 18).
  func tell(_ output: UndeliveredOutput) -> ExitStatus {
    complain(
      "the result could not be written to standard output: \(output.reason)",
      hint: "make room where it goes, or read it elsewhere; what was done is done")
    return .localState
  }

  func complain(_ error: SyncError, alone: Bool = false) {
    complain(ErrorText.message(error), hint: ErrorText.hint(error, alone: alone))
  }

  /// Takes text that is safe to show.
  func complain(_ message: String, hint: String?) {
    word("mailmove: \(job.map { "\($0): " } ?? "")\(message)", .error)
    if let hint { word("  \(hint)") }
  }

  /// Tells what a person has to hear of though it stops nothing: whether anybody watches or not,
  /// and with `--quiet`.
  func warn(_ message: String) {
    let whose = job.map { "\($0): " } ?? ""
    word("mailmove: \(whose)warning: \(SafeText.visible(message))", .warning)
  }

  /// Tells of a rule that has no effect.
  func warn(_ rule: IdleRule) {
    event("warning", [("message", .string("\(rule)"))])
    warn("\(rule)")
  }

  /// Tells that there was nothing to look at.
  func complainOfNothingSelected() {
    let cause = SyncError.Cause.nothingSelected
    complain(cause.sentence(for: .local), hint: cause.hint)
  }

  /// Tells an event of a run.
  func tell(_ event: RunEvent) {
    let (name, fields) = EventText.json(event)
    self.event(name, fields)
    advance(event)
    if case .warning(let message) = event { warn(message) }
    guard !manner.isJSON, !manner.isQuiet, isWatched || manner.isVerbose else { return }
    if let words = EventText.words(event) { word(words) }
  }

  /// What to type next.
  func next(_ command: [String]) {
    guard job == nil, !manner.isJSON, !manner.isQuiet, isWatched || manner.isVerbose
    else { return }
    word("next: " + ShellText.line(["mailmove"] + command), .strong)
  }
}

/// Commands as they can be typed into a shell.
enum ShellText {
  static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static func quoted(_ word: String) -> String {
    let plain = "-_./:@%+=,~[]"
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType == .decimal
          || plain.unicodeScalars.contains($0)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
