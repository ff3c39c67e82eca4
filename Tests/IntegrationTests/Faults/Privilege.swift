// mailmove: what the tests may do on this machine.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What needs rights that a test does not have everywhere.
enum Privilege {
  /// A mount namespace of our own, and mounts in it.
  static let canMount: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "unshare -m mount -t tmpfs tmpfs /mnt"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  static let cannotMount: Comment =
    "not tested here: a small or read-only disk needs the right to mount one (root)"

  /// A line of shell that runs `"$@"` without the rights of root, whoever we are.
  static var dropped: String {
    getuid() == 0
      ? "exec setpriv --reuid nobody --regid nogroup --clear-groups \"$@\"" : "exec \"$@\""
  }
}
