// mailmove: what tests do differently when everything is compiled for a sanitizer.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What `scripts/sanitize` says about the run, by its environment.
package enum Instrumentation {
  private static let surroundings = ProcessInfo.processInfo.environment

  /// By how much the deadlines of tests are longer (`MAILMOVE_TEST_PATIENCE`), at least 1.
  package static let patience = max(
    1, surroundings["MAILMOVE_TEST_PATIENCE"].flatMap(Int.init) ?? 1)

  /// Which sanitizer this is compiled for, if any (`MAILMOVE_TEST_SANITIZER`).
  package static let sanitizer = surroundings["MAILMOVE_TEST_SANITIZER"]

  /// The variables that a program needs to report to the sanitizer of the whole run, when a test
  /// gives it an environment of its own.
  package static let environment = surroundings.filter {
    ["TSAN_OPTIONS", "ASAN_OPTIONS", "LD_PRELOAD"].contains($0.key)
  }
}
