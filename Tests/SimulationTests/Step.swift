// mailmove: one step of a history.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// Which account something happens to.
enum Side: String, Sendable, CaseIterable {
  case source
  case target
}

/// One step of a history. Numbers choose among what is there when the step comes, modulo its count,
/// so that a step keeps a meaning when others are taken away.
enum Step: Equatable, Sendable {
  case act(Act)
  case run(Plan)
  /// `archive check --record`.
  case check
}

/// Something that people, servers or other programs do.
enum Act: Equatable, Sendable {
  enum Letter: Equatable, Sendable {
    case new
    /// The same bytes as one that was delivered before.
    case again(Int)
    /// The header of one that was delivered before.
    case twin(Int)
    case noHeader
    case draft
  }

  /// How much of a message comes.
  enum Cut: Equatable, Sendable {
    case nothing, header, firstLines
  }

  case deliver(Side, box: Int, Letter)
  case flag(Side, box: Int, message: Int, Int)
  case move(Side, box: Int, message: Int, to: Int)
  case copy(Side, box: Int, message: Int, to: Int)
  case expunge(Side, box: Int, message: Int)
  case empty(Side, box: Int)
  case make(Side)
  case rename(Side, box: Int)
  case swap(Side, box: Int, with: Int)
  case delete(Side, box: Int)
  /// Deletes it and makes another one of the same name.
  case remake(Side, box: Int)
  /// Lists only the newest message from now on.
  case hide(box: Int)
  case unhide
  case backUp(Side)
  /// Refilled: as many messages arrive as the backup lacks, so that UIDs end where they did.
  case restore(Side, isRefilled: Bool)
  case loseIndexes(Side)
  case renumber(Side, box: Int)
  /// Some of the source's messages are copied by another tool, which marks them or not.
  case earlierTool(box: Int, count: Int, marks: Bool)
  /// The disk of the archive goes or comes.
  case unmount
  case mount
  /// The archive is moved, and the job's target with it, perhaps to a symbolic link.
  case moveArchive(asLink: Bool)
  /// One byte of the archive's segments is another one from now on.
  case damage(segment: Int, byte: Int)
  /// From now on a message of the maildrop comes as a part of itself; LIST and RETR say nothing of
  /// that.
  case cutShort(message: Int, Cut)
  case makeWhole
  /// The target refuses the next messages, with words such as our own.
  case refuse(count: Int, words: Int)
  case takeAgain
}

/// One run of mailmove, and what happens to it.
struct Plan: Equatable, Sendable {
  enum Trouble: Equatable, Sendable {
    case none
    /// Killed at this durable step.
    case dies(Int)
    /// The connection is lost at this request.
    case cut(Side, Int)
    /// Something happens while the run is on.
    case meanwhile(Act, Side, request: Int)
  }

  var trouble = Trouble.none
  var listsInFull = false
  var recopiesLost = false
  var retriesSkipped = false
  var flagPolicy = RunOptions.FlagPolicy.merge
  var lanes = 1
  var removal: Removal?

  /// What `--older-than` comes to, in seconds since 1970: all mail says that it is older, and each
  /// ledger is younger.
  static let ageLimit: Int64 = 1_700_000_000

  var options: RunOptions {
    var options = RunOptions()
    options.listsInFull = listsInFull
    options.recopiesLost = recopiesLost
    options.retriesSkipped = retriesSkipped
    options.flagPolicy = flagPolicy
    options.lanes = lanes
    options.removal = removal
    return options
  }
}

extension Act {
  /// It changes no message, no flag and no place.
  var leavesAllMail: Bool {
    if case .loseIndexes = self { return true }
    if case .moveArchive = self { return true }
    return false
  }
}

extension Act.Letter: CustomStringConvertible {
  var description: String {
    switch self {
    case .new: "a new one"
    case .again: "one more of the same"
    case .twin: "another one's header"
    case .noHeader: "no header"
    case .draft: "no Message-ID"
    }
  }
}

extension Plan: CustomStringConvertible {
  var description: String {
    var words = ["sync"]
    if listsInFull { words.append("--full") }
    if recopiesLost { words.append("--recopy-lost") }
    if retriesSkipped { words.append("--retry-skipped") }
    if flagPolicy != .merge { words.append("--flags \(flagPolicy)") }
    if lanes > 1 { words.append("--connections \(lanes)") }
    if let removal {
      words.append("--delete-source")
      if removal.manner == .flagOnly { words.append("flag-only") }
      if removal.trustsRewritten { words.append("--trust-rewritten") }
      if removal.before != nil { words.append("--older-than") }
    }
    switch trouble {
    case .none: break
    case .dies(let step): words.append("· is killed at durable step \(step)")
    case .cut(let side, let request):
      words.append("· loses the connection to the \(side.rawValue) at request \(request)")
    case .meanwhile(_, let side, let request):
      words.append("· something happens at request \(request) to the \(side.rawValue)")
    }
    return words.joined(separator: " ")
  }
}
