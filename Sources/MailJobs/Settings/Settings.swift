// mailmove: what was chosen.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Where a choice was made; an error names it.
package enum Origin: Sendable, Equatable, CustomStringConvertible {
  case option(Setting)
  case environment(Setting)
  case file(FilePosition, key: String)

  package var description: String {
    switch self {
    case .option(let setting): setting.option
    case .environment(let setting): setting.variable
    case .file(let position, let key): "\(position): \(key)"
    }
  }
}

/// A value that was given for a setting, checked.
package struct Choice: Sendable {
  let setting: Setting
  /// One, unless the setting is a list.
  let values: [String]
  let origin: Origin

  /// Checks the values; an error names the origin.
  package init(_ setting: Setting, _ values: [String], from origin: Origin) throws(UsageError) {
    for value in values {
      do { try setting.kind.check(value) } catch { throw error.at(origin) }
    }
    self.setting = setting
    self.values = values
    self.origin = origin
  }
}

/// Everything that was chosen: option before environment before configuration file.
///
/// A list that is given in one place replaces the list of the next; lists are never joined.
package struct Settings: Sendable {
  private var layers: [[Setting: Choice]]
  /// The layers that hold for other jobs too.
  private let shared: Set<Int>

  /// Takes the layers in the order of their precedence, the strongest first.
  ///
  /// - Parameter shared: the layers that hold for other jobs too.
  package init(_ layers: [[Choice]], shared: Set<Int> = []) {
    self.shared = shared
    self.layers = layers.map { layer in
      Dictionary(layer.map { ($0.setting, $0) }, uniquingKeysWith: { _, later in later })
    }
  }

  /// Reads what the environment says about settings; an empty variable says nothing.
  package static func choices(
    in environment: [String: String], of settings: [Setting]
  ) throws(UsageError) -> [Choice] {
    var choices: [Choice] = []
    for setting in settings where setting.places.contains(.environment) {
      guard let text = environment[setting.variable], !text.isEmpty else { continue }
      let values =
        setting.kind.isList ? text.split(whereSeparator: \.isNewline).map(String.init) : [text]
      choices.append(try Choice(setting, values, from: .environment(setting)))
    }
    return choices
  }

  func choice(of setting: Setting) -> Choice? {
    layers.lazy.compactMap { $0[setting] }.first
  }

  /// Whether what was chosen holds for other jobs too.
  func isShared(_ setting: Setting) -> Bool {
    layers.firstIndex { $0[setting] != nil }.map(shared.contains) ?? false
  }

  package func text(_ setting: Setting) -> String? { choice(of: setting)?.values.last }

  func list(_ setting: Setting) -> [String] { choice(of: setting)?.values ?? [] }

  func number(_ setting: Setting) -> Int? { text(setting).flatMap { Int($0) } }

  /// nil when nobody chose.
  func truth(_ setting: Setting) -> Bool? {
    text(setting).flatMap { try? SettingKind.truth($0) }
  }

  package func isOn(_ setting: Setting) -> Bool { truth(setting) ?? false }

  /// The one choice among settings that exclude each other, from the strongest place that has any.
  func only(of settings: [Setting]) throws(UsageError) -> Choice? {
    for layer in layers {
      let found = settings.compactMap { layer[$0] }
      guard let first = found.first else { continue }
      if found.count > 1 {
        throw UsageError(
          found.map { "\($0.origin)" }.joined(separator: " and ") + " exclude each other",
          hint: "give only one of them")
      }
      return first
    }
    return nil
  }
}
