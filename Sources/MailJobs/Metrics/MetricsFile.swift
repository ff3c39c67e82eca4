// mailmove: a file that is replaced as a whole.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file of metrics, which another program may read at any moment.
package enum MetricsFile {
  /// Replaces the file: a new one beside it is written through to the disk and then takes its name.
  ///
  /// Others may read it, as far as the process's umask permits. Throws a sentence about it; then
  /// the old file is as it was and the new one is gone.
  package static func replace(_ path: String, with text: String) throws(UsageError) {
    let slash = path.utf8.lastIndex(of: 0x2F)
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard !name.isEmpty else { throw UsageError("is the name of a folder") }
    // Not ending like the file itself, so that whoever collects *.prom does not read it.
    let draft = "\(folder)/.\(name).\(getpid()).tmp"
    unlink(draft)
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw UsageError(SystemError.text(errno)) }
    var failure: CInt = 0
    if !write(Array(text.utf8), to: file) || fsync(file) != 0 { failure = errno }
    if close(file) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(draft, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(draft)
      throw UsageError(SystemError.text(failure))
    }
    flush(folder)
  }

  private static func write(_ bytes: [UInt8], to file: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 { rest.removeFirst(count) } else if count == 0 || errno != EINTR { return false }
    }
    return true
  }

  /// Puts the new name on disk. The file is complete with or without that, so failing is no harm.
  private static func flush(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
