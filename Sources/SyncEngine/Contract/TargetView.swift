// mailmove: a target that is only looked at.
// SPDX-License-Identifier: Apache-2.0

/// What planning and verifying need of a target; nothing here makes or changes anything.
///
/// Every function throws `SyncError`.
package protocol TargetView: MailSource {
  /// What the target will not take, as far as it has said so already; asks nothing.
  func limits() async -> TargetLimits

  /// How full the account is; nil where the server does not tell.
  func quota() async throws -> Quota?
}
