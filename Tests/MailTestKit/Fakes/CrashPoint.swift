// mailmove: dying on purpose.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine
import Synchronization

/// Counts the durable steps of a scenario and dies at a chosen one.
///
/// Death is final: every step after it fails as well, as after SIGKILL nothing happens any more.
package final class CrashPoint: Sendable {
  private struct State {
    var steps = 0
    var isDead = false
    var names: [String] = []
  }

  private let deadly: Int?
  private let state = Mutex(State())

  /// - Parameter step: the step to die at, counted from 1; nil: only count.
  package init(at step: Int? = nil) { deadly = step }

  package var steps: Int { state.withLock { $0.steps } }
  package var isDead: Bool { state.withLock { $0.isDead } }
  package var lastStep: String { state.withLock { $0.names.last ?? "" } }

  /// Called before and after everything that survives a crash.
  package func pass(_ name: String) throws {
    let isDead = state.withLock { state in
      guard !state.isDead else { return true }
      state.steps += 1
      state.names.append(name)
      state.isDead = state.steps == deadly
      return state.isDead
    }
    if isDead {
      throw SyncError(
        .internalFault, scope: .run, remedy: .stop, side: .local, detail: "crash at \(name)")
    }
  }
}
