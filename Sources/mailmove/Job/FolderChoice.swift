// mailmove: which folders, and where to.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// Which folders are moved and where to, as the user typed it: UTF-8, with `/` between levels.
struct FolderChoice: Sendable, Equatable {
  enum Collision: String, Sendable { case suffix, merge, fail }

  var include: [String] = []
  var exclude: [String] = []
  /// `FROM=TO`, checked for its form.
  var map: [String] = []
  var into: String?
  var mergesRoles = false
  var onCollision = Collision.suffix
  var includesShared = false
  var skipsEmpty = false

  init(_ settings: Settings) {
    include = settings.list(.include)
    exclude = settings.list(.exclude)
    map = settings.list(.map)
    into = settings.text(.into)
    mergesRoles = settings.isOn(.mergeRoles)
    onCollision = settings.text(.onCollision).flatMap(Collision.init) ?? onCollision
    includesShared = settings.isOn(.includeShared)
    skipsEmpty = settings.isOn(.skipEmpty)
  }

  /// The same as rules for the folder map. Throws `SyncError` with the cause `mapConflict`.
  func rules() throws -> MappingRules {
    var rules = MappingRules()
    rules.include = include.map { Glob($0) }
    rules.exclude = exclude.map { Glob($0) }
    rules.into = into
    rules.mergesRoles = mergesRoles
    rules.includesShared = includesShared
    rules.includesEmpty = !skipsEmpty
    rules.onCollision =
      switch onCollision {
      case .suffix: .suffix
      case .merge: .merge
      case .fail: .fail
      }
    do {
      for text in map { try rules.addMove(text) }
      try rules.validate()
    } catch {
      throw SyncError(
        .mapConflict, scope: .run, remedy: .stop, side: .local, detail: "\(error)")
    }
    return rules
  }
}
