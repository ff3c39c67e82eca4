// mailmove: one commit of the journal.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What is committed together: one member of a journal file, whose last line is the commit.
package struct JournalCommit: Sendable, Equatable {
  /// How far a segment is committed.
  package struct SegmentEnd: Sendable, Equatable {
    /// Bytes.
    package var length: Int64
    /// SHA-256 of the segment up to there.
    package var digest: SHA256Digest

    package init(length: Int64, digest: SHA256Digest) {
      self.length = length
      self.digest = digest
    }
  }

  /// Counted from 1 without gaps, through all files.
  package var number: Int64
  /// Seconds since 1970-01-01 00:00:00 UTC.
  package var time: Int64
  /// Offset of the member in its file.
  package var offset: Int64
  /// SHA-256 of the file before the member.
  package var previous: SHA256Digest
  /// The segments this commit wrote to.
  package var ends: [Int64: SegmentEnd]
  package var events: [JournalEvent]

  /// What a line takes, or a little more.
  private static let lineBytes = 192

  /// The text of the member: a line for each event, and the line of the commit.
  package var text: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(events.count * Self.lineBytes)
    for event in events {
      event.json.write(to: &output)
      output.append(0x0A)
    }
    var json = JSONObject()
    json.add("e", "commit")
    json.add("n", number)
    json.add("ts", Timestamp.text(of: time))
    json.add("events", Int64(events.count))
    json.add("joff", offset)
    json.add("jprev", previous.description)
    var ends = JSONObject()
    for (segment, end) in self.ends.sorted(by: { $0.key < $1.key }) {
      ends.add(
        String(segment), .array([.integer(end.length), .string(end.digest.description)]))
    }
    json.add("ends", .object(ends))
    json.write(to: &output)
    output.append(0x0A)
    return output
  }
}

extension JournalCommit {
  /// Why a member's text is no commit.
  enum Fault: Error {
    /// It does not end in the line of a commit.
    case unfinished
    /// It does, but something in it cannot be read.
    case unreadable(String)
  }

  /// Whether a text ends in the line of a commit; nothing else is looked at.
  static func isFinished(_ text: [UInt8]) -> Bool {
    text.last == 0x0A && text.dropLast().split(separator: 0x0A).last.map(isCommitLine) == true
  }

  private static let commitStart = Array("{\"e\":\"commit\"".utf8)

  private static func isCommitLine(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: commitStart)
  }

  /// Reads the text of a member.
  init(text: [UInt8]) throws(Fault) {
    guard text.last == 0x0A else { throw .unfinished }
    let lines = text.dropLast().split(separator: 0x0A)
    guard let last = lines.last, Self.isCommitLine(last) else { throw .unfinished }
    events = []
    events.reserveCapacity(lines.count - 1)
    for (index, line) in lines.dropLast().enumerated() {
      do {
        events.append(try JournalEvent(try JSONParser.object(line)))
      } catch let malformed as JournalEvent.Malformed {
        throw .unreadable("event '\(malformed.event)' has no usable '\(malformed.key)'")
      } catch {
        throw .unreadable("line \(index + 1) is no JSON")
      }
    }
    do {
      let fields = EventFields(event: "commit", json: try JSONParser.object(last))
      number = try fields.number("n")
      time = try fields.time("ts")
      offset = try fields.number("joff")
      previous = try fields.digest("jprev")
      ends = try Self.ends(fields)
      let count: Int = try fields.number("events")
      guard count == events.count else { throw fields.malformed("events") }
    } catch {
      throw .unreadable("the line of the commit cannot be read")
    }
  }

  private static func ends(
    _ fields: EventFields
  ) throws(JournalEvent.Malformed) -> [Int64: SegmentEnd] {
    var ends: [Int64: SegmentEnd] = [:]
    for member in fields.json.object("ends")?.members ?? [] {
      guard let segment = Int64(member.key), segment > 0, case .array(let pair) = member.value,
        pair.count == 2, case .integer(let length) = pair[0], length >= 0,
        case .string(let text) = pair[1], let digest = SHA256Digest(hexadecimal: text.utf8)
      else { throw fields.malformed("ends") }
      ends[segment] = SegmentEnd(length: length, digest: digest)
    }
    return ends
  }
}
