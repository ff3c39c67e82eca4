// mailmove: suspects, messages at which connections may break.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Narrows down the message at which connections break.
///
/// One lost connection is nobody's fault. Lost again without progress, everything that was under
/// way is suspected and goes one by one; the message at which it then breaks twice is put aside.
struct DisconnectSuspects {
  private(set) var uids: Set<UID> = []
  private(set) var culprit: UID?
  private var strikes: [UID: Int] = [:]
  private var putAsideInARow = 0

  /// Messages put aside with nothing moved between them, after which they are not to blame.
  private static let putAsideMax = 3

  /// What may be a message's fault. A server that asks to slow down or to come back later does not
  /// mean the message.
  private static let breaks: Set<SyncError.Cause> = [
    .connectionLost, .serverSaidBye, .timedOut, .protocolViolation,
  ]

  mutating func note(_ result: PairSync.Result, strikesMax: Int) {
    culprit = nil
    if result.madeProgress { putAsideInARow = 0 }
    guard let cause = result.failure?.cause, Self.breaks.contains(cause) else { return }
    if result.inDoubt.count == 1, let uid = result.inDoubt.first, uids.contains(uid) {
      strikes[uid, default: 0] += 1
      if strikes[uid, default: 0] >= strikesMax { culprit = uid }
    } else if !result.madeProgress {
      uids.formUnion(result.inDoubt)
    }
  }

  /// There is a culprit again after so many others that the server must be to blame.
  var isImplausible: Bool { culprit != nil && putAsideInARow >= Self.putAsideMax }

  /// The message is on record as skipped and will not be asked for again.
  mutating func acceptThatPutAside(_ uid: UID) {
    putAsideInARow += 1
    uids.remove(uid)
    strikes[uid] = nil
    culprit = nil
  }
}
