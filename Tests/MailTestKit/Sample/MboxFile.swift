// mailmove: mbox files.
// SPDX-License-Identifier: Apache-2.0

/// The mbox format, read without changing a message (RFC 4155).
///
/// A message begins at a line `From ` at the start of the file or after an empty line; the empty
/// line before the next one belongs to the format. `>From ` stays: whether the writer quoted it
/// or the author wrote it cannot be known.
enum MboxFile {
  /// The envelope line and the bytes of every message, line ends as they are.
  static func split(_ file: [UInt8]) -> [(envelope: ArraySlice<UInt8>, message: ArraySlice<UInt8>)]
  {
    let separator = Array("From ".utf8)
    var starts: [Int] = []
    var lineStart = 0
    var isAfterEmptyLine = true
    while lineStart < file.count {
      let lineEnd = file[lineStart...].firstIndex(of: 10) ?? file.count
      let line = file[lineStart..<lineEnd]
      if isAfterEmptyLine, line.starts(with: separator) { starts.append(lineStart) }
      isAfterEmptyLine = line.isEmpty || line.elementsEqual([13])
      lineStart = lineEnd + 1
    }
    let ends = starts.dropFirst() + [file.count]
    return zip(starts, ends).map { start, end in
      let bodyStart = min((file[start..<end].firstIndex(of: 10) ?? end) + 1, end)
      return (file[start..<bodyStart], withoutClosingEmptyLine(file[bodyStart..<end]))
    }
  }

  private static func withoutClosingEmptyLine(_ message: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    for ending in [[10, 13, 10], [10, 10]] as [[UInt8]]
    where message.suffix(ending.count) == ending[...] {
      return message.dropLast(ending.count - 1)
    }
    return message
  }

  /// The date of `From someone Thu Nov 24 18:22:48 2011`, in UTC; nil when it has none.
  static func date(ofEnvelope line: ArraySlice<UInt8>) -> String? {
    let words = String(decoding: line, as: UTF8.self).split { $0.isWhitespace }.map(String.init)
    guard words.count >= 6 else { return nil }
    for first in 1...(words.count - 5) {
      let seconds = LabDate.seconds(
        day: words[first + 2], month: words[first + 1], year: words[first + 4],
        time: words[first + 3])
      if let seconds { return LabDate.internalDate(seconds: seconds) }
    }
    return nil
  }
}
