// mailmove: secrets in files.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MailWire

/// Reads a password or a token from a file that nobody else can read.
enum SecretFile {
  /// Octets of a secret; tokens of the largest providers stay below 8 KiB.
  static let secretBytesMax = 64 << 10

  /// U+FEFF in UTF-8.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// - Parameter credentials: the folder in which the system's service manager hands over
  ///   credentials (`CREDENTIALS_DIRECTORY`, systemd.exec(5)); nil when there is none.
  static func read(_ path: String, credentials: String? = nil) throws(UsageError) -> Secret {
    let shown = SafeText.visible(path)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      throw UsageError(
        "cannot read \(shown): \(SystemError.text(errno))",
        hint: "give a file that you can read")
    }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw UsageError("cannot read \(shown): \(SystemError.text(errno))")
    }
    switch facts.st_mode & S_IFMT {
    case S_IFDIR: throw UsageError("\(shown) is a folder", hint: "give a file")
    case S_IFREG where !isPrivate(facts, isCredential: isDirectly(path, in: credentials)):
      throw UsageError("\(shown) can be read by others", hint: "run: chmod 600 \(shown)")
    default: break
    }
    guard let bytes = readAll(descriptor) else {
      throw UsageError(
        "cannot read \(shown), or it is larger than \(secretBytesMax >> 10) KiB")
    }
    do { return try secret(from: bytes) } catch { throw error.at(shown) }
  }

  /// Nobody but its owner can do anything with it.
  ///
  /// A credential of systemd belongs to root, and the service's user may read it by an access
  /// control list. Of such a list the mask shows as the group's bits, so that `r--r-----` root:root
  /// is what a private file looks like there, and only there.
  static func isPrivate(_ facts: stat, isCredential: Bool) -> Bool {
    let bits = facts.st_mode & 0o077
    let isHandedOver = isCredential && facts.st_uid == 0 && facts.st_gid == 0 && bits == 0o040
    return bits == 0 || isHandedOver
  }

  /// The file lies in the folder itself, not further down and not elsewhere by `..`.
  private static func isDirectly(_ path: String, in folder: String?) -> Bool {
    guard let folder, folder.hasPrefix("/"), path.hasPrefix(folder + "/") else { return false }
    return !path.dropFirst(folder.utf8.count + 1).contains("/")
  }

  /// The first line, without its end: what `pass`, `echo` and editors write. A byte order mark,
  /// which some editors put in front, is no part of it.
  static func secret(from bytes: [UInt8]) throws(UsageError) -> Secret {
    let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
    var line = text.prefix { $0 != 0x0A }
    if line.last == 0x0D { line.removeLast() }
    guard !line.isEmpty else {
      throw UsageError("the first line is empty", hint: "write the password into the first line")
    }
    guard !line.contains(0) else {
      throw UsageError("the first line has a NUL, which no password can have")
    }
    return Secret(Array(line))
  }

  /// nil when it cannot be read or is too long.
  private static func readAll(_ descriptor: CInt) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= secretBytesMax {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes.append(contentsOf: chunk[..<count])
      } else if errno != EINTR {
        return nil
      }
    }
    return nil
  }
}
