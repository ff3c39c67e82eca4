// mailmove: reading one gzip member, and finding it.
// SPDX-License-Identifier: Apache-2.0

import CDeflate
import MailWire

extension GzipMember {
  /// Reads a member whose end is known, which takes half the time of finding the end.
  ///
  /// - Parameters:
  ///   - bytes: all of the member and nothing else.
  ///   - limit: bytes of text to accept.
  package init(whole bytes: ArraySlice<UInt8>, limit: Int) throws(Failure) {
    let kind = try Self.kind(at: bytes.startIndex, in: bytes)
    guard bytes.count > Self.headerLength + Self.trailerLength else { throw .torn }
    let trailer = bytes.suffix(Self.trailerLength)
    let deflated = bytes.dropFirst(Self.headerLength).dropLast(Self.trailerLength)
    let size = try Self.textLength(trailer[...], deflated: deflated.count, limit: limit)
    guard let text = Self.inflated(deflated, size: size),
      Self.checksum(text) == Self.number(trailer.prefix(4))
    else { throw .damaged }
    self.init(kind: kind, text: text, compressedLength: bytes.count)
  }

  /// Reads the member that begins at an offset, wherever it ends.
  ///
  /// - Parameters:
  ///   - offset: an index into `bytes`; one outside is `torn`.
  ///   - limit: bytes of text to accept.
  package init(in bytes: [UInt8], at offset: Int, limit: Int) throws(Failure) {
    guard offset >= 0, offset < bytes.count else { throw .torn }
    let rest = bytes[offset...]
    let kind = try Self.kind(at: offset, in: rest)
    let stream = MemberInflation(of: rest.dropFirst(Self.headerLength), limit: limit)
    switch stream.end {
    case .inputUsedUp: throw .torn
    case .invalid: throw .damaged
    case .limitReached: throw .tooLarge
    case .complete:
      let trailer = rest.dropFirst(Self.headerLength + stream.inputLength)
        .prefix(Self.trailerLength)
      guard trailer.count == Self.trailerLength else { throw .torn }
      guard Self.number(trailer.prefix(4)) == Self.checksum(stream.text),
        Int(Self.number(trailer.suffix(4))) == stream.text.count
      else { throw .damaged }
      self.init(
        kind: kind, text: stream.text,
        compressedLength: Self.headerLength + stream.inputLength + Self.trailerLength)
    }
  }

  /// What can be had of the member at an offset, though it may be torn or damaged further on.
  ///
  /// Nothing vouches for this text: its end may be wrong, and so may everything in it.
  package static func salvagedText(in bytes: [UInt8], at offset: Int, limit: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count else { return [] }
    return MemberInflation(of: bytes[offset...].dropFirst(headerLength), limit: limit).text
  }

  /// Where the next member may begin: the first place at or after `offset` that holds the fixed
  /// prefix of every member.
  package static func nextOffset(in bytes: [UInt8], from offset: Int) -> Int? {
    var start = max(offset, 0)
    return bytes.withUnsafeBytes { bytes in
      while let found = bytes.offset(of: prefix[0], from: start) {
        if bytes[found...].starts(with: prefix) { return found }
        start = found + 1
      }
      return nil
    }
  }

  static func kind(
    at offset: Int, in bytes: ArraySlice<UInt8>
  ) throws(Failure) -> Kind {
    let header = bytes[offset...].prefix(headerLength)
    guard header.starts(with: prefix.prefix(header.count)) else { throw .foreign }
    guard header.count == headerLength else { throw .torn }
    let fields = Array(header.suffix(4))
    guard fields[0] == layoutVersion, let kind = Kind(rawValue: fields[1]),
      fields[2] == 0, fields[3] == 0
    else { throw .unknownLayout(version: fields[0], kind: fields[1]) }
    return kind
  }

  /// Bytes of text that a trailer tells of.
  static func textLength(
    _ trailer: ArraySlice<UInt8>, deflated: Int, limit: Int
  ) throws(Failure) -> Int {
    let length = Int(number(trailer.suffix(4)))
    guard length <= limit else { throw .tooLarge }
    // Deflate makes no more than 1,032 bytes of one: a length that lies costs no memory.
    guard length / 1_032 <= deflated else { throw .damaged }
    return length
  }

  /// Inflates exactly `size` bytes out of exactly these; nil if it is anything else.
  private static func inflated(_ deflated: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
    guard let decompressor = libdeflate_alloc_decompressor() else {
      preconditionFailure("no memory to decompress with")
    }
    defer { libdeflate_free_decompressor(decompressor) }
    var isExact = false
    // Never without room: libdeflate takes no null pointer, not even for no bytes.
    let text = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { output, count in
      var used = 0
      var made = 0
      let result = deflated.withUnsafeBytes { input in
        libdeflate_deflate_decompress_ex(
          decompressor, input.baseAddress, input.count, output.baseAddress, size, &used, &made)
      }
      isExact = result == LIBDEFLATE_SUCCESS && used == deflated.count && made == size
      count = isExact ? size : 0
    }
    return isExact ? text : nil
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
