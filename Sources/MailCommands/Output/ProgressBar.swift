// mailmove: the live line.
// SPDX-License-Identifier: Apache-2.0

import MailJobs

/// The one live line of a run.
enum ProgressBar {
  /// The line for a terminal of `width` columns, never wider than that less one: a full line would
  /// wrap. What matters least goes first when there is no room, the name gets what is left.
  static func render(_ state: ProgressState, width: Int, at now: Duration) -> String {
    let room = width - 1
    guard room > 0 else { return "" }
    var parts = parts(of: state, at: now)
    while parts.count > 1, columns(of: parts) + nameMin > room { parts.removeLast() }
    let name = state.current.isEmpty ? "starting" : state.current
    let left = room - columns(of: parts)
    guard left >= nameMin else {
      return DisplayWidth.truncated(parts.first ?? name, to: room)
    }
    let shown = DisplayWidth.truncated(name, to: min(left, nameMax))
    return ([shown] + parts).joined(separator: separator)
  }

  private static let separator = "  "
  /// Columns of a name below which it tells nothing.
  private static let nameMin = 6
  private static let nameMax = 40

  /// The room of all parts, each with the separator in front of it.
  private static func columns(of parts: [String]) -> Int {
    parts.reduce(0) { $0 + DisplayWidth.of($1) + separator.count }
  }

  /// Most important first.
  private static func parts(of state: ProgressState, at now: Duration) -> [String] {
    if let waiting = state.waiting { return [SafeText.visible(waiting)] }
    guard state.mailboxes > 0 else { return [] }
    var parts: [String] = []
    let done = state.done
    let total = state.total
    parts.append("\(Quantity.count(done.messages))/\(Quantity.count(total.messages)) messages")
    if total.bytes > 0 {
      parts.append("\(Quantity.bytes(done.bytes)) of \(Quantity.bytes(total.bytes))")
    }
    if let left = state.timeLeft(at: now) { parts.append("\(Quantity.time(left)) left") }
    if total.bytes > 0, let rate = state.bytesPerSecond(at: now) {
      parts.append("\(Quantity.bytes(Int64(rate)))/s")
    }
    let open = min(state.mailboxes, max(1, state.mailboxesStarted))
    parts.append("folder \(open) of \(state.mailboxes)")
    return parts
  }
}
