// mailmove: how a target says that a promise is broken.
// SPDX-License-Identifier: Apache-2.0

/// A broken promise; the process ends there, and the fuzzer keeps the input.
enum Finding {
  static func unless(_ isKept: Bool, _ promise: @autoclosure () -> String) {
    if !isKept { fatalError("finding: \(promise())") }
  }

  /// A text for people has nothing in it that a terminal would act on.
  static func unlessVisible(_ text: String, _ what: String) {
    unless(
      text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
      "\(what) has a control character")
  }
}
