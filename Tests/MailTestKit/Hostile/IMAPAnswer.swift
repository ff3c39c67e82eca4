// mailmove: what a test server answers a command with.
// SPDX-License-Identifier: Apache-2.0

/// What a server says to a command: responses, then the line that ends it.
package struct IMAPAnswer: Sendable {
  /// Whole responses with their line ends.
  package var responses: [[UInt8]]
  /// Without the tag: `OK done`. nil: the command is never answered.
  package var final: String?

  package init(_ final: String? = "OK done", responses: [[UInt8]] = []) {
    self.final = final
    self.responses = responses
  }

  /// - Parameter lines: responses without their line ends.
  package init(_ lines: [String], final: String? = "OK done") {
    self.init(final, responses: lines.map { Array(($0 + "\r\n").utf8) })
  }

  func octets(tag: String) -> [UInt8] {
    responses.flatMap(\.self) + (final.map { Array("\(tag) \($0)\r\n".utf8) } ?? [])
  }

  /// Puts a line before the response with this number, or at the end.
  package mutating func insert(_ line: String, at index: Int = 0) {
    responses.insert(Array((line + "\r\n").utf8), at: min(index, responses.count))
  }

  /// Replaces text in the responses, as octets.
  package mutating func replace(_ old: String, with new: String) {
    responses = responses.map { response in
      response.replacing(Array(old.utf8), with: Array(new.utf8))
    }
  }
}
