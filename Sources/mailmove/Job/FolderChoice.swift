// mailmove: which folders, and where to.
// SPDX-License-Identifier: Apache-2.0

/// Which folders are moved and where to, as the user typed it: UTF-8, with `/` between levels.
struct FolderChoice: Sendable, Equatable {
  enum Collision: String, Sendable { case suffix, merge, fail }

  struct Mapping: Sendable, Equatable {
    let from: String
    let to: String
  }

  var include: [String] = []
  var exclude: [String] = []
  var map: [Mapping] = []
  var into: String?
  var mergesRoles = false
  var onCollision = Collision.suffix
  var includesShared = false
  var skipsEmpty = false

  init(_ settings: Settings) throws(UsageError) {
    include = settings.list(.include)
    exclude = settings.list(.exclude)
    for text in settings.list(.map) {
      let pair = try SettingKind.mapping(text)
      map.append(Mapping(from: pair.from, to: pair.to))
    }
    into = settings.text(.into)
    mergesRoles = settings.isOn(.mergeRoles)
    onCollision = settings.text(.onCollision).flatMap(Collision.init) ?? onCollision
    includesShared = settings.isOn(.includeShared)
    skipsEmpty = settings.isOn(.skipEmpty)
  }
}
