// mailmove: ways to falsify an answer.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

extension IMAPAnswer {
  /// Leaves out what is said about one UID.
  mutating func omit(uid: Int) { responses.removeAll { Self.isAbout(uid, $0) } }

  /// Says no more from the body of one UID on.
  mutating func breakOff(atUID uid: Int) {
    guard let index = responses.firstIndex(where: { Self.isAbout(uid, $0) }) else { return }
    responses = responses[..<index] + [Array("* 1 FETCH (UID \(uid) BODY[] {500}\r\nab".utf8)]
    final = nil
  }

  /// Says something else about one UID.
  mutating func rewrite(uid: Int, _ change: ([UInt8]) -> [UInt8]) {
    responses = responses.map { Self.isAbout(uid, $0) ? change($0) : $0 }
  }

  /// Says something else about one UID, as text.
  mutating func replace(uid: Int, _ old: String, with new: String) {
    rewrite(uid: uid) { $0.replacing(Array(old.utf8), with: Array(new.utf8)) }
  }

  /// Puts another body in the place of the right one.
  mutating func replaceBody(uid: Int, with body: String) {
    rewrite(uid: uid) { response in
      guard let marker = response.firstRange(of: Array("BODY[] ".utf8)) else { return response }
      return response[..<marker.upperBound] + Array("\(body))\r\n".utf8)
    }
  }

  /// Counts a literal wrong.
  mutating func miscount(uid: Int, by difference: Int) {
    rewrite(uid: uid) { response in
      guard let open = response.firstRange(of: Array("BODY[] {".utf8)),
        let close = response[open.upperBound...].firstIndex(of: UInt8(ascii: "}")),
        let size = Int(String(decoding: response[open.upperBound..<close], as: UTF8.self))
      else { return response }
      return response[..<open.upperBound] + Array("\(size + difference)".utf8) + response[close...]
    }
  }

  private static func isAbout(_ uid: Int, _ response: [UInt8]) -> Bool {
    response.firstRange(of: Array("(UID \(uid) ".utf8)) != nil
  }
}
