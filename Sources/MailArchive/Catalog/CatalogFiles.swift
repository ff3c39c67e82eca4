// mailmove: the files of a catalog.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files SQLite keeps for a catalog.
enum CatalogFiles {
  /// Renames a catalog, so that another can be made; an older one that was set aside goes.
  static func setAside(_ path: String) throws(ArchiveError) {
    for suffix in ["", "-wal", "-shm"] {
      let code = rename(path + suffix, path + ".bad" + suffix) == 0 ? 0 : errno
      guard code == 0 || code == ENOENT else {
        throw .failed("renaming", path + suffix, errno: code)
      }
      if code == ENOENT { unlink(path + ".bad" + suffix) }
    }
  }
}
