// mailmove: which folders, and where to.
// SPDX-License-Identifier: Apache-2.0

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
}
