// mailmove: one thing that can be chosen.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// One thing that can be chosen, by one name in three places.
///
/// `source-tls-ca` is the option `--source-tls-ca`, the variable `MAILMOVE_SOURCE_TLS_CA` and the
/// key `source-tls-ca:` of the configuration file. The table of settings is the only list of them:
/// options, variables, keys and checks follow from it.
package struct Setting: Sendable, Hashable {
  /// Where a setting may be given.
  struct Places: OptionSet, Sendable, Hashable {
    let rawValue: Int
    static let option = Places(rawValue: 1)
    static let environment = Places(rawValue: 2)
    static let file = Places(rawValue: 4)
    static let everywhere: Places = [.option, .environment, .file]
  }

  package let name: String
  package let kind: SettingKind
  let places: Places
  /// One line of help.
  package let summary: String

  init(
    _ name: String, _ kind: SettingKind, _ summary: String, places: Places = .everywhere
  ) {
    self.name = name
    self.kind = kind
    self.places = places
    self.summary = summary
  }

  package static func == (lhs: Setting, rhs: Setting) -> Bool { lhs.name == rhs.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// It holds a secret itself, so it may only come from the environment.
  var isSecret: Bool { places == .environment }

  package var option: String { "--\(name)" }

  var variable: String {
    "MAILMOVE_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// The same setting for one of the endpoints of a command.
  package func of(_ place: EndpointPlace) -> Setting {
    Setting(place.prefix + name, kind, summary, places: place == .alone ? limited : places)
  }

  /// The endpoint of `probe` is not part of a job, so the configuration file has nothing about it.
  private var limited: Places { places.subtracting(.file) }
}

/// The place of an endpoint in a command.
package enum EndpointPlace: String, Sendable, CaseIterable {
  case source, target
  /// The only one, as in `probe`.
  case alone

  package var prefix: String {
    switch self {
    case .source: "source-"
    case .target: "target-"
    case .alone: ""
    }
  }

  /// The side it plays in errors.
  var side: SyncError.Side {
    switch self {
    case .source, .alone: .source
    case .target: .target
    }
  }

  /// How a sentence speaks of it.
  var noun: String {
    switch self {
    case .source: "the source"
    case .target: "the target"
    case .alone: "the server"
    }
  }
}
