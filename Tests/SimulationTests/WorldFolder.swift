// mailmove: a folder of a world.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that is gone with its world; in memory where the system has a place for that.
final class WorldFolder: Sendable {
  let path: String

  init() throws {
    let memory = "/dev/shm"
    let isThere = FileManager.default.fileExists(atPath: memory)
    let parent = isThere ? memory : FileManager.default.temporaryDirectory.path
    path = parent + "/mailmove-world-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
