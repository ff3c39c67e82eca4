// mailmove: which folders, from the settings.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

extension MappingRules {
  /// The rules among all settings.
  ///
  /// - Parameter isOneOfAll: the job runs with others that share settings with it.
  package init(_ settings: Settings, isOneOfAll: Bool = false) throws(UsageError) {
    self.init()
    include = settings.list(.include).map { Glob($0) }
    exclude = settings.list(.exclude).map { Glob($0) }
    into = settings.text(.into)
    mergesRoles = settings.isOn(.mergeRoles)
    onCollision = settings.text(.onCollision).flatMap(Collision.init) ?? onCollision
    includesShared = settings.isOn(.includeShared)
    liftsInboxChildren = settings.isOn(.liftInboxChildren)
    quarantinesJunkAndTrash = settings.isOn(.quarantineJunkTrash)
    includesEmpty = !settings.isOn(.skipEmpty)
    let options: [(IdleRule.Option, Setting)] = [
      (.include, .include), (.exclude, .exclude), (.map, .map), (.into, .into),
    ]
    shared = Set(options.filter { settings.isShared($0.1) }.map(\.0))
    maySelectNothing = isOneOfAll && (shared.contains(.include) || shared.contains(.exclude))
    do {
      for move in settings.list(.map) { try addMove(move) }
      try validate()
    } catch {
      throw UsageError(SafeText.visible("\(error)"))
    }
  }
}
