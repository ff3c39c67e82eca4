// mailmove: what was typed, put together.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The addresses of a job and all its settings, from the command line, the environment and the
/// configuration file.
package struct JobRequest: Sendable {
  package let name: String?
  package let settings: Settings
  let environment: [String: String]
  /// Other jobs run with it.
  let isOneOfAll: Bool
  private let addresses: (source: Address, target: Address)

  private enum Address: Sendable {
    case typed(String)
    case written(Configuration.Job.Address, key: String)

    func draft(at place: EndpointPlace, _ settings: Settings) throws(UsageError) -> EndpointDraft {
      switch self {
      case .typed(let text):
        do { return try EndpointDraft(text, at: place, settings: settings) } catch {
          throw error.at(place.noun)
        }
      case .written(let address, let key):
        do { return try EndpointDraft(address.text, at: place, settings: settings) } catch {
          throw error.at(key).at(address.position)
        }
      }
    }
  }

  /// Two addresses, or the name of one job.
  package init(
    _ first: String?, _ second: String?, options: [Choice], environment: [String: String]
  ) throws(UsageError) {
    guard let first else {
      throw UsageError(
        "there is nothing to work on", hint: "give two addresses, or the name of a configured job")
    }
    let variables = try Settings.choices(in: environment, of: Setting.ofJobs)
    let early = Settings([options, variables])
    if let second {
      let configuration = try ConfigurationFile.load(early, environment, isNeeded: false)
      self.init(
        name: nil, source: .typed(first), target: .typed(second),
        settings: Settings([options, variables, configuration.defaults], shared: [2]),
        environment: environment)
      return
    }
    guard !first.contains(":") else {
      throw UsageError(
        "the target is missing", hint: "give two addresses, or the name of one configured job")
    }
    let configuration = try ConfigurationFile.load(early, environment, isNeeded: true)
    self.init(
      try configuration.job(named: first), named: first, above: [options, variables],
      configuration.defaults, environment: environment)
  }

  /// A job as it is written in the configuration file.
  ///
  /// - Parameter isOneOfAll: what stands above it holds for other jobs too, which run as well.
  init(
    _ job: Configuration.Job, named name: String, above: [[Choice]], _ defaults: [Choice],
    isOneOfAll: Bool = false, environment: [String: String]
  ) {
    let ofAll = isOneOfAll ? Set(above.indices) : []
    self.init(
      name: name, source: .written(job.source, key: "source"),
      target: .written(job.target, key: "target"),
      settings: Settings(above + [job.choices, defaults], shared: ofAll.union([above.count + 1])),
      isOneOfAll: isOneOfAll, environment: environment)
  }

  private init(
    name: String?, source: Address, target: Address, settings: Settings,
    isOneOfAll: Bool = false, environment: [String: String]
  ) {
    self.name = name
    self.isOneOfAll = isOneOfAll
    self.settings = settings
    self.environment = environment
    addresses = (source, target)
  }

  func source(_ settings: Settings) throws(UsageError) -> EndpointDraft {
    try addresses.source.draft(at: .source, settings)
  }

  func target(_ settings: Settings) throws(UsageError) -> EndpointDraft {
    try addresses.target.draft(at: .target, settings)
  }
}

/// Finds and reads the configuration file.
package enum ConfigurationFile {
  /// Octets; a job takes some hundred.
  static let bytesMax = 16 << 20

  /// The file chosen, or `config.yaml` in `$XDG_CONFIG_HOME/mailmove`. A file that was not asked
  /// for may be absent.
  package static func load(
    _ settings: Settings, _ environment: [String: String], isNeeded: Bool
  ) throws(UsageError) -> Configuration {
    let chosen = settings.text(.config)
    let path: String
    if let chosen {
      path = chosen
    } else {
      do {
        path =
          try BaseFolder.path(
            "XDG_CONFIG_HOME", orHome: ".config", orOption: "--config FILE",
            environment: environment) + "/config.yaml"
      } catch {
        // Without a home there is no file of one's own, and where none is needed, none is missed.
        guard isNeeded else { return Configuration(absent: "~/.config/mailmove/config.yaml") }
        throw error
      }
    }
    let shown = SafeText.visible(path)
    guard chosen != nil || isNeeded || FileManager.default.fileExists(atPath: path) else {
      return Configuration(absent: shown)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      let reason =
        FileManager.default.fileExists(atPath: path) ? "cannot be read" : "does not exist"
      throw UsageError(
        "the configuration file \(shown) \(reason)",
        hint: isNeeded
          ? "write the job there, or give two addresses: mailmove sync imaps://… imaps://…"
          : "check --config")
    }
    guard data.count <= bytesMax, let text = String(data: data, encoding: .utf8) else {
      throw UsageError("the configuration file \(shown) is not UTF-8 text")
    }
    return try Configuration(text, file: shown)
  }
}
