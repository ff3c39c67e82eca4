// mailmove: names for exported folders.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A level of a folder's name as the name of a directory.
enum ExportName {
  /// Bytes of a name in a path; file systems allow 255, and some need room for more.
  private static let bytesMax = 150

  /// A name that is one part of a path on every file system, and none of those that formats use.
  static func of(_ text: String) -> String {
    var name = ""
    let last = text.unicodeScalars.indices.last
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      let isUnfit =
        scalar.properties.generalCategory == .control || unfit.contains(scalar)
        || scalar == "." && name.isEmpty
        // Windows and its file systems take these off the end.
        || index == last && (scalar == "." || scalar == " ")
      if isUnfit {
        name += UTF8.encode(scalar)?.map(escaped).joined() ?? ""
      } else {
        name.unicodeScalars.append(scalar)
      }
    }
    if name.isEmpty { name = "_" }
    if name.utf8.count > bytesMax {
      let digest = SHA256Digest(of: Array(text.utf8)).description.prefix(16)
      while name.utf8.count > bytesMax - 17 { name.unicodeScalars.removeLast() }
      name += "-" + digest
    }
    return isUsed(name.lowercased()) ? name + "_" : name
  }

  private static let unfit = Set("/\\:*?\"<>|%".unicodeScalars)

  private static func escaped(_ byte: UInt8) -> String {
    "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  /// Names of parts of a Maildir, endings of files, and the devices of Windows.
  private static func isUsed(_ lower: String) -> Bool {
    if ["cur", "new", "tmp"].contains(lower) || devices.contains(lower) { return true }
    return lower.hasSuffix(".mbox") || lower.hasSuffix(".eml")
  }

  private static let devices: Set<String> = Set(
    ["con", "prn", "aux", "nul"] + (1...9).flatMap { ["com\($0)", "lpt\($0)"] })
}

extension String {
  /// The parts between delimiters, which are compared as bytes: a delimiter that is followed by a
  /// combining mark is one all the same.
  package func levels(separatedBy delimiter: String) -> [String] {
    Array(utf8).split(Array(delimiter.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension [UInt8] {
  fileprivate func split(_ delimiter: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = startIndex
    var index = startIndex
    while index + delimiter.count <= count {
      guard self[index..<(index + delimiter.count)].elementsEqual(delimiter) else {
        index += 1
        continue
      }
      parts.append(self[start..<index])
      index += delimiter.count
      start = index
    }
    return parts + [self[start...]]
  }
}
