// mailmove: a message back from the archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension ArchiveEntry {
  /// Reads one entry; what follows its message in the text is not looked at.
  ///
  /// - Throws: `.damaged` unless the message has the SHA-256 that the entry says it has.
  package static func decode(_ text: ArraySlice<UInt8>) throws(Failure) -> ArchiveEntry {
    let (header, start) = try EntryHeader.read(text)
    let body = text[start...]
    // No byte of the text becomes more than two: a size that lies costs no memory.
    guard header.size <= 2 * body.count else { throw .torn }
    var missing = header.size
    let message = [UInt8](unsafeUninitializedCapacity: header.size) { output, count in
      count = body.withUnsafeBytes { bytes in
        var decoder = EntryBodyDecoder(of: bytes, lineEnds: header.lineEnds, size: header.size)
        let made = decoder.fill(
          UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(output)[..<header.size]))
        missing = decoder.missing
        return made
      }
    }
    guard missing == 0 else { throw .torn }
    return try ArchiveEntry(message, header)
  }

  /// Reads the entry at the beginning of a text, in place if its message has kept its line ends:
  /// then the message is not held beside the text.
  ///
  /// - Throws: as the other does.
  package static func decode(first text: consuming [UInt8]) throws(Failure) -> ArchiveEntry {
    let (header, start) = try EntryHeader.read(text[...])
    guard header.lineEnds == .raw else { return try decode(text[...]) }
    guard header.size <= text.count - start else { throw .torn }
    var message = consume text
    let made = message.withUnsafeMutableBytes { bytes in
      // What is written is always before what is still to be read.
      var decoder = EntryBodyDecoder(
        of: UnsafeRawBufferPointer(rebasing: bytes[start...]), lineEnds: .raw, size: header.size)
      return decoder.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[..<header.size]))
    }
    guard made == header.size else { throw .torn }
    message.removeLast(message.count - header.size)
    return try ArchiveEntry(message, header)
  }

  /// - Throws: `.damaged` unless the message has the SHA-256 that the header says it has.
  private init(_ message: [UInt8], _ header: EntryHeader) throws(Failure) {
    guard SHA256Digest(of: message) == header.digest else { throw .damaged }
    self.init(
      message: message, digest: header.digest, date: header.date, source: header.source,
      flags: header.flags)
  }

  /// Whether a text gives back the message with that SHA-256; takes no memory for the message.
  package static func restores(_ digest: SHA256Digest, from text: ArraySlice<UInt8>) -> Bool {
    guard let (header, start) = try? EntryHeader.read(text), header.digest == digest else {
      return false
    }
    return text[start...].withUnsafeBytes { bytes in
      let running = RunningDigest()
      var decoder = EntryBodyDecoder(of: bytes, lineEnds: header.lineEnds, size: header.size)
      withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
        while decoder.missing > 0 {
          let made = decoder.fill(buffer)
          guard made > 0 else { break }
          running.update(UnsafeRawBufferPointer(rebasing: buffer[..<made]))
        }
      }
      return decoder.missing == 0 && running.value == digest
    }
  }

  /// The entries in the text of a member, in order: every line that begins with `From ` begins one,
  /// since such lines in messages have a `>`.
  package static func ranges(in text: [UInt8]) -> [Range<Int>] {
    let starts = text.withUnsafeBytes { bytes in
      var starts: [Int] = []
      var start = 0
      while start < bytes.count {
        if EntryBody.fromOffset(in: bytes, at: start) == start { starts.append(start) }
        guard let end = bytes.offset(of: 0x0A, from: start) else { break }
        start = end + 1
      }
      return starts
    }
    return zip(starts, starts.dropFirst() + [text.count]).map { $0..<$1 }
  }
}
