// mailmove: when to try again.
// SPDX-License-Identifier: Apache-2.0

/// How long to wait before the next attempt, and when to give up.
///
/// Doubles from one second to five minutes, with up to a quarter of chance added so that many
/// runs do not come back at the same moment. What the server asks for is always obeyed, up to
/// `longestWait`; a server that wants more ends the run as temporary.
package struct RetryPolicy: Sendable {
  package static let firstWait: Duration = .seconds(1)
  package static let backOffMax: Duration = .seconds(300)
  package static let longestWait: Duration = .seconds(1_800)

  /// Logins that are tried again although they were refused in a way that may pass: more of them
  /// lock accounts.
  private static let refusedLoginsMax = 1

  private let attemptsMax: Int
  private var failures = 0
  private var refusedLogins = 0

  package init(attemptsMax: Int) { self.attemptsMax = attemptsMax }

  package var attempt: Int { failures }

  /// Something was put on record since the last failure.
  package mutating func noteProgress() { failures = 0 }

  /// How long to wait after this failure; nil: give up.
  ///
  /// - Parameter chance: between 0 and 1.
  package mutating func wait(after error: SyncError, chance: Double) -> Duration? {
    guard case .retry(let asked) = error.remedy else { return nil }
    failures += 1
    if error.cause == .loginRefused { refusedLogins += 1 }
    guard failures <= attemptsMax, refusedLogins <= Self.refusedLoginsMax else { return nil }
    let doubled = Self.firstWait * Double(1 << min(failures - 1, 20))
    let backOff = min(doubled, Self.backOffMax) * (1 + chance / 4)
    guard let asked else { return backOff }
    return asked > Self.longestWait ? nil : max(asked, backOff)
  }
}
