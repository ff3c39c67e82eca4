// mailmove: which history ended the process.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Remembers which histories are being lived through, and prints them when the process traps,
/// which leaves no other trace of a seed.
enum LastSeed {
  private static let workersMax = 64
  /// Written by one worker each, read when everything is over.
  private nonisolated(unsafe) static let seeds: UnsafeMutablePointer<UInt64> = {
    let seeds = UnsafeMutablePointer<UInt64>.allocate(capacity: workersMax)
    seeds.initialize(repeating: 0, count: workersMax)
    return seeds
  }()

  static func note(_ seed: UInt64, worker: Int) {
    if worker < workersMax { seeds[worker] = seed }
  }

  /// To be called before the first history.
  static func watch() {
    _ = seeds
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV] {
      signal(number) { number in
        LastSeed.tell()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  /// Allocates nothing, since the process may be in any state.
  private static func tell() {
    for worker in 0..<workersMax where seeds[worker] != 0 {
      say("the process traps in the history with MAILMOVE_SIMULATION_SEED=")
      say(number: seeds[worker])
      say("\n")
    }
  }

  private static func say(_ text: StaticString) {
    _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  private static func say(number: UInt64) {
    var divisor: UInt64 = 1
    while number / divisor > 9 { divisor *= 10 }
    while divisor > 0 {
      var digit = UInt8(ascii: "0") + UInt8(number / divisor % 10)
      _ = write(STDERR_FILENO, &digit, 1)
      divisor /= 10
    }
  }
}
