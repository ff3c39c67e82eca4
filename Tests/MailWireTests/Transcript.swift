// mailmove: what servers were seen to say, as files.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import MailWire

/// One file below `Transcripts/`.
///
/// The first line tells the story and where it was seen. `C:` is what a client says and is only
/// there to be read. `S:` is a line of the server, CRLF is added. `L:` is bytes of the server to
/// which nothing is added: literals, odd line ends. `%0D` is the octet of that value. A line of the
/// server that ends in `{}` announces the octets of the `L:` lines that follow. `=` is a response
/// as it has to be understood, `!` an error, in order.
struct Transcript: CustomTestStringConvertible {
  let name: String
  let story: String
  let bytes: [UInt8]
  let expected: [String]

  var testDescription: String { name }

  init(name: String, text: String) throws {
    self.name = name
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    guard let story = lines.first, story.hasPrefix("# ") else { throw Malformed(name: name) }
    self.story = story
    var bytes: [UInt8] = []
    var expected: [String] = []
    for (index, line) in lines.enumerated().dropFirst() {
      let content = String(line.dropFirst(3))
      switch line.prefix(2) {
      case "S:": bytes += Self.serverLine(content, lines[(index + 1)...]) + [0x0D, 0x0A]
      case "L:": bytes += Self.unescape(content)
      case "= ", "! ": expected.append(line)
      case "C:", "# ": continue
      default: throw Malformed(name: name)
      }
    }
    self.bytes = bytes
    self.expected = expected
  }

  struct Malformed: Error { let name: String }

  static let all = files(in: "Transcripts").compactMap {
    try? Transcript(name: $0.name, text: $0.text)
  }

  /// The text files of a folder of the test's resources, by name.
  static func files(in folder: String) -> [(name: String, text: String)] {
    guard let root = Bundle.module.url(forResource: folder, withExtension: nil),
      let files = FileManager.default.enumerator(atPath: root.path)
    else { return [] }
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".txt") }.sorted()
      .compactMap { name in
        (try? String(contentsOf: root.appending(path: name), encoding: .utf8)).map { (name, $0) }
      }
  }

  private static func serverLine(_ content: String, _ following: ArraySlice<String>) -> [UInt8] {
    guard content.hasSuffix("{}") else { return unescape(content) }
    let octets = following.prefix { $0.hasPrefix("L:") }
      .reduce(0) { $0 + unescape(String($1.dropFirst(3))).count }
    return unescape(String(content.dropLast(2))) + Array("{\(octets)}".utf8)
  }

  static func unescape(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"),
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
