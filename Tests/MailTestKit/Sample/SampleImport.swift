// mailmove: the user's own mail as a sample.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads a folder of `.eml` files, or an mbox file, as a sample.
///
/// Line ends become CRLF, as IMAP wants them; nothing else is changed. Flags are not known in
/// these formats, so every message is new; its date is that of the file or of the `From ` line.
package enum SampleImport {
  /// - Parameter path: a folder (subfolders become mailboxes) or an mbox file.
  package static func read(_ path: String) throws -> SampleMailbox {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw LabError("\(path) does not exist")
    }
    let messages = try isFolder.boolValue ? readFolder(path) : readMbox(path)
    guard !messages.isEmpty else {
      throw LabError(
        isFolder.boolValue
          ? "\(path) holds no .eml file" : "\(path) holds no message: an mbox begins with 'From '")
    }
    return SampleMailbox(messages: messages)
  }

  private static func readFolder(_ path: String) throws -> [SampleMessage] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    return try names.filter { $0.lowercased().hasSuffix(".eml") }.compactMap { name in
      let file = "\(path)/\(name)"
      let bytes = withCRLF(try contents(of: file)[...])
      guard !bytes.isEmpty else { return nil }
      let below = name.split(separator: "/").dropLast().joined(separator: "/")
      return SampleMessage(
        bytes: bytes, flags: [], internalDate: try modificationDate(of: file),
        mailbox: below.isEmpty ? "INBOX" : below.replacingOccurrences(of: ".", with: "_"))
    }
  }

  private static func readMbox(_ path: String) throws -> [SampleMessage] {
    let fallback = try modificationDate(of: path)
    return MboxFile.split(try contents(of: path)).compactMap { envelope, message in
      let bytes = withCRLF(message)
      guard !bytes.isEmpty else { return nil }
      return SampleMessage(
        bytes: bytes, flags: [], internalDate: MboxFile.date(ofEnvelope: envelope) ?? fallback,
        mailbox: "INBOX")
    }
  }

  private static func contents(of file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// Puts a CR before every LF that has none.
  static func withCRLF(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 32)
    var before: UInt8 = 0
    for byte in bytes {
      if byte == 10, before != 13 { result.append(13) }
      result.append(byte)
      before = byte
    }
    return result
  }

  private static func modificationDate(of file: String) throws -> String {
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    let date = attributes[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0)
    return LabDate.internalDate(seconds: Int(min(date, Date()).timeIntervalSince1970))
  }
}
