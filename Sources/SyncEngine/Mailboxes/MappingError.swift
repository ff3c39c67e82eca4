// mailmove: why there is no folder plan.
// SPDX-License-Identifier: Apache-2.0

/// Why no mapping of mailboxes can be made; nothing has been touched.
package enum MappingError: Error, Equatable, CustomStringConvertible {
  case malformedMove(String)
  case unknownRole(String)
  case contradictoryMoves(String)
  case emptyInto
  case roleWithInto
  /// A path the target cannot have, with one it can.
  case illegalDestination(String, suggestion: String)
  /// Two source mailboxes, one name at the target.
  case collision(String, String, target: String)

  package var description: String {
    switch self {
    case .malformedMove(let text):
      "--map '\(text)' is not of the form FROM=TO, for example --map 'Work/Old=Archive/Work'."
    case .unknownRole(let name):
      """
      '\(name)' is not a role that mail can be sent to; use \\Sent, \\Drafts, \\Trash, \\Junk or \
      \\Archive.
      """
    case .contradictoryMoves(let from):
      "--map names '\(from)' twice with different destinations; keep one of them."
    case .emptyInto:
      "--into needs a folder name, for example --into 'Old account'."
    case .roleWithInto:
      "--map to a role and --into exclude each other: below --into no folder has a role."
    case .illegalDestination(let path, let suggestion):
      "The target cannot have a folder '\(path)'; '\(suggestion)' would do."
    case .collision(let first, let second, let target):
      """
      '\(first)' and '\(second)' would both become '\(target)'; give one of them another name with \
      --map, or use --on-collision suffix or merge.
      """
    }
  }
}
