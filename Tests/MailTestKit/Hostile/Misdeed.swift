// mailmove: something a server does wrong.
// SPDX-License-Identifier: Apache-2.0

/// Something a server does wrong, and when.
package struct Misdeed<Answer: Sendable>: Sendable {
  /// Which of the commands with the name: they are counted over all connections, from 1.
  package enum Moment: Sendable {
    case nth(Int)
    case from(Int)
    case always

    fileprivate func contains(_ count: Int) -> Bool {
      switch self {
      case .nth(let number): count == number
      case .from(let number): count >= number
      case .always: true
      }
    }
  }

  package enum Act: Sendable {
    /// Says these last words and cuts the connection.
    case hangUp(saying: String = "", afterDoing: Bool = false)
    /// Says nothing more, and lets the client wait.
    case fallSilent(afterDoing: Bool = false)
    /// Gives the right answer, each octet in a packet of its own.
    case drip
    /// Gives the first octets of the right answer and cuts the connection.
    case cut(afterOctets: Int)
    /// Does nothing of what it was asked to, and says this.
    case instead(Answer)
    /// Does what it was asked to, and says something else.
    case alter(@Sendable (inout Answer) -> Void)
    /// Something happens before it does what it was asked to, or cuts the connection instead.
    case first(@Sendable () -> Void, thenCuts: Bool = false)
    /// Says this and then so many octets, `x` each, in place of the answer; then cuts the
    /// connection.
    case pour(after: String, octets: Int)
    /// Says this again and again after the head, with a pause before each, in place of the answer.
    case prattle(after: String = "", String, pausing: Int = 0, afterDoing: Bool = false)
  }

  package let command: String
  package let moment: Moment
  package let act: Act

  /// - Parameter command: the command's name in upper case, as `UID FETCH` or `RETR`.
  package init(_ command: String, _ moment: Moment = .nth(1), _ act: Act) {
    self.command = command
    self.moment = moment
    self.act = act
  }
}

/// The misdeeds of a server and how often each command came.
package struct MisdeedList<Answer: Sendable>: Sendable {
  package var misdeeds: [Misdeed<Answer>]
  private var counts: [String: Int] = [:]

  package init(_ misdeeds: [Misdeed<Answer>]) { self.misdeeds = misdeeds }

  /// Counts a command; what is to be done wrong with it, if anything.
  package mutating func next(_ command: String) -> Misdeed<Answer>.Act? {
    let count = counts[command, default: 0] + 1
    counts[command] = count
    return misdeeds.first { $0.command == command && $0.moment.contains(count) }?.act
  }
}

extension Misdeed.Act {
  /// Answers a command wrongly; the octets still to be said in the usual way, or nil if there are
  /// none.
  ///
  /// - Parameters:
  ///   - doing: does what was asked.
  ///   - octets: an answer as it goes over the wire.
  package func carryOut(
    on talk: any HostileTalk, doing: () throws -> Answer, octets: (Answer) -> [UInt8]
  ) throws -> [UInt8]? {
    switch self {
    case .hangUp(let words, let afterDoing):
      if afterDoing { _ = try doing() }
      try talk.say(octets: Array(words.utf8))
      talk.hangUp()
      return nil
    case .fallSilent(let afterDoing):
      if afterDoing { _ = try doing() }
      talk.fallSilent()
      return nil
    case .drip:
      try talk.drip(octets(doing()))
      return nil
    case .cut(let count):
      try talk.say(octets: Array(octets(doing()).prefix(count)))
      talk.hangUp()
      return nil
    case .instead(let answer): return octets(answer)
    case .alter(let change):
      var answer = try doing()
      change(&answer)
      return octets(answer)
    case .first(let happening, let thenCuts):
      happening()
      guard !thenCuts else {
        talk.hangUp()
        return nil
      }
      return octets(try doing())
    case .prattle(let head, let words, let milliseconds, let afterDoing):
      if afterDoing { _ = try doing() }
      try talk.say(octets: Array(head.utf8))
      while milliseconds == 0 || talk.pause(milliseconds: milliseconds) {
        try talk.say(octets: Array(words.utf8))
      }
      talk.hangUp()
      return nil
    case .pour(let head, let count):
      try talk.say(octets: Array(head.utf8))
      try Self.pour(count, into: talk)
      talk.hangUp()
      return nil
    }
  }

  private static func pour(_ count: Int, into talk: any HostileTalk) throws {
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 18)
    var left = count
    while left > 0 {
      try talk.say(octets: left < chunk.count ? Array(chunk.prefix(left)) : chunk)
      left -= chunk.count
    }
  }
}
