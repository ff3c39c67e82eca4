// mailmove: what a run tells, and what may stop it.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// What a command lets happen, and how it is told about it.
package struct RunHooks: Sendable {
  package let observer: RunObserver
  package let stop: StopSignal
  /// Takes lines of the protocol trace; nil when nobody wants them.
  package let trace: (@Sendable (String) -> Void)?
  /// The signal that asked to stop; nil as long as none did.
  package let signal: @Sendable () -> Int32?
  /// Is told how far a comparison is.
  package let verification: VerifyObserver

  package init(
    observer: @escaping RunObserver, stop: StopSignal, trace: (@Sendable (String) -> Void)?,
    signal: @escaping @Sendable () -> Int32? = { nil },
    verification: @escaping VerifyObserver = { _ in }
  ) {
    self.observer = observer
    self.stop = stop
    self.trace = trace
    self.signal = signal
    self.verification = verification
  }

  /// The same, with one more who is told about events.
  package func alsoTelling(_ other: @escaping RunObserver) -> RunHooks {
    let observer = observer
    return RunHooks(
      observer: { event in
        other(event)
        observer(event)
      }, stop: stop, trace: trace, signal: signal, verification: verification)
  }
}
