// mailmove: the members of a damaged segment.
// SPDX-License-Identifier: Apache-2.0

/// Goes through a segment from one member to the next and notes where something is wrong.
struct SegmentScan {
  private(set) var damages: [ArchiveDamage] = []
  private let bytes: [UInt8]
  private let path: String
  private let limit: Int
  private var offset = 0
  private var memberOffset = 0

  /// - Parameter limit: bytes of text to accept of one member.
  init(_ bytes: [UInt8], path: String, limit: Int) {
    self.bytes = bytes
    self.path = path
    self.limit = limit
  }

  /// The text of the next member, or what can be had of it; nil at the end.
  mutating func nextText() -> [UInt8]? {
    guard offset < bytes.count else { return nil }
    memberOffset = offset
    do {
      let member = try GzipMember(in: bytes, at: offset, limit: limit)
      offset += member.compressedLength
      guard member.kind == .mail else {
        note("a member of a journal")
        return []
      }
      return member.text
    } catch {
      note(Self.words(for: error))
      // Also when the header is gone: the stream behind it may be whole.
      let text = GzipMember.salvagedText(in: bytes, at: offset, limit: limit)
      offset = GzipMember.nextOffset(in: bytes, from: offset + 1) ?? bytes.count
      return text
    }
  }

  /// The entry in a part of the last text; nil, with a note, if it is not whole.
  mutating func entry(_ text: ArraySlice<UInt8>) -> ArchiveEntry? {
    do { return try ArchiveEntry.decode(text) } catch {
      switch error {
      case .foreign: break
      case .unknownVersion: note("an entry of a later version")
      case .malformed, .torn, .damaged: note("a message is not whole")
      }
      return nil
    }
  }

  private mutating func note(_ detail: String) {
    damages.append(
      ArchiveDamage(.segment, path: path, offset: Int64(memberOffset), detail))
  }

  private static func words(for failure: GzipMember.Failure) -> String {
    switch failure {
    case .foreign: "no member begins here"
    case .unknownLayout(let version, _): "a member of layout \(version)"
    case .torn: "the file ends inside a member"
    case .damaged: "a damaged member"
    case .tooLarge: "a member that is too large"
    }
  }
}
