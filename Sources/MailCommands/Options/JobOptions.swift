// mailmove: the options of commands that work on a job.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs

/// Says which endpoint a group of options is for.
protocol EndpointPlacing: Sendable { static var place: EndpointPlace { get } }
enum AtSource: EndpointPlacing { static let place = EndpointPlace.source }
enum AtTarget: EndpointPlacing { static let place = EndpointPlace.target }
enum Alone: EndpointPlacing { static let place = EndpointPlace.alone }

extension Setting {
  var optionName: NameSpecification { .customLong(name) }
  var help: ArgumentHelp { ArgumentHelp(summary, valueName: kind.placeholder) }
}

/// Collects what was given, as choices.
struct GivenOptions {
  private(set) var choices: [Choice] = []

  mutating func take(_ setting: Setting, _ value: String?) throws(UsageError) {
    guard let value else { return }
    choices.append(try Choice(setting, [value], from: .option(setting)))
  }

  mutating func take(_ setting: Setting, _ values: [String]) throws(UsageError) {
    guard !values.isEmpty else { return }
    choices.append(try Choice(setting, values, from: .option(setting)))
  }

  mutating func take(_ setting: Setting, _ isOn: Bool?) throws(UsageError) {
    try take(setting, isOn.map { $0 ? "yes" : "no" })
  }

  /// A flag that cannot be taken back with `--no-`.
  mutating func take(_ setting: Setting, ifSet isOn: Bool) throws(UsageError) {
    if isOn { try take(setting, "yes") }
  }
}

/// How one server is reached and entered.
struct EndpointOptions<Placing: EndpointPlacing>: ParsableArguments {
  private static func name(_ setting: Setting) -> NameSpecification {
    setting.of(Placing.place).optionName
  }

  @Option(name: Self.name(.passwordFile), help: Setting.passwordFile.help)
  var passwordFile: String?
  @Option(name: Self.name(.passwordCommand), help: Setting.passwordCommand.help)
  var passwordCommand: String?
  @Option(name: Self.name(.tokenFile), help: Setting.tokenFile.help)
  var tokenFile: String?
  @Option(name: Self.name(.tokenCommand), help: Setting.tokenCommand.help)
  var tokenCommand: String?
  @Option(name: Self.name(.authUser), help: Setting.authUser.help)
  var authUser: String?
  @Option(name: Self.name(.mechanism), help: Setting.mechanism.help)
  var mechanism: String?
  @Option(name: Self.name(.tlsCA), help: Setting.tlsCA.help)
  var tlsCA: String?
  @Option(name: Self.name(.tlsPin), help: Setting.tlsPin.help)
  var tlsPin: [String] = []
  @Option(name: Self.name(.tlsProfile), help: Setting.tlsProfile.help)
  var tlsProfile: String?
  @Option(name: Self.name(.tlsServerName), help: Setting.tlsServerName.help)
  var tlsServerName: String?

  func collect(into given: inout GivenOptions) throws(UsageError) {
    let place = Placing.place
    try given.take(.passwordFile.of(place), passwordFile)
    try given.take(.passwordCommand.of(place), passwordCommand)
    try given.take(.tokenFile.of(place), tokenFile)
    try given.take(.tokenCommand.of(place), tokenCommand)
    try given.take(.authUser.of(place), authUser)
    try given.take(.mechanism.of(place), mechanism)
    try given.take(.tlsCA.of(place), tlsCA)
    try given.take(.tlsPin.of(place), tlsPin)
    try given.take(.tlsProfile.of(place), tlsProfile)
    try given.take(.tlsServerName.of(place), tlsServerName)
  }
}

/// Which folders are moved, and where to.
struct FolderOptions: ParsableArguments {
  @Option(name: Setting.include.optionName, help: Setting.include.help)
  var include: [String] = []
  @Option(name: Setting.exclude.optionName, help: Setting.exclude.help)
  var exclude: [String] = []
  @Option(name: Setting.map.optionName, help: Setting.map.help)
  var map: [String] = []
  @Option(name: Setting.into.optionName, help: Setting.into.help)
  var into: String?
  @Flag(name: Setting.mergeRoles.optionName, help: Setting.mergeRoles.help)
  var mergeRoles = false
  @Option(name: Setting.onCollision.optionName, help: Setting.onCollision.help)
  var onCollision: String?
  @Flag(name: Setting.includeShared.optionName, help: Setting.includeShared.help)
  var includeShared = false
  @Flag(name: Setting.skipEmpty.optionName, help: Setting.skipEmpty.help)
  var skipEmpty = false
  @Flag(name: Setting.liftInboxChildren.optionName, help: Setting.liftInboxChildren.help)
  var liftInboxChildren = false
  @Flag(name: Setting.quarantineJunkTrash.optionName, help: Setting.quarantineJunkTrash.help)
  var quarantineJunkTrash = false

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.include, include)
    try given.take(.exclude, exclude)
    try given.take(.map, map)
    try given.take(.into, into)
    try given.take(.mergeRoles, ifSet: mergeRoles)
    try given.take(.onCollision, onCollision)
    try given.take(.includeShared, ifSet: includeShared)
    try given.take(.skipEmpty, ifSet: skipEmpty)
    try given.take(.liftInboxChildren, ifSet: liftInboxChildren)
    try given.take(.quarantineJunkTrash, ifSet: quarantineJunkTrash)
  }
}

/// What is deleted at the source in the end.
struct RemovalOptions: ParsableArguments {
  @Option(name: Setting.deleteSource.optionName, help: Setting.deleteSource.help)
  var deleteSource: String?
  @Option(name: Setting.olderThan.optionName, help: Setting.olderThan.help)
  var olderThan: String?
  @Option(name: Setting.confirmDeletes.optionName, help: Setting.confirmDeletes.help)
  var confirmDeletes: String?
  @Flag(name: Setting.trustRewritten.optionName, help: Setting.trustRewritten.help)
  var trustRewritten = false

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.deleteSource, deleteSource)
    try given.take(.olderThan, olderThan)
    try given.take(.confirmDeletes, confirmDeletes)
    try given.take(.trustRewritten, ifSet: trustRewritten)
  }
}

/// What is said, and where the record is.
struct OutputOptions: ParsableArguments {
  @Option(name: Setting.state.optionName, help: Setting.state.help)
  var state: String?
  @Option(name: Setting.config.optionName, help: Setting.config.help)
  var config: String?
  @Flag(name: Setting.json.optionName, help: Setting.json.help)
  var json = false
  @Flag(name: [.customShort("q"), .customLong("quiet")], help: Setting.quiet.help)
  var quiet = false
  @Flag(name: [.customShort("v"), .customLong("verbose")], help: Setting.verbose.help)
  var verbose = false

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.state, state)
    try given.take(.config, config)
    try given.take(.json, ifSet: json)
    try given.take(.quiet, ifSet: quiet)
    try given.take(.verbose, ifSet: verbose)
  }
}

/// What all commands on a job have in common and no other group has.
struct JobOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The account to read, or a job's name.", valueName: "source-or-job"))
  var source: String?
  @Argument(help: "The account to fill; left out when a job is named.")
  var target: String?

  @Option(name: Setting.account.of(.source).optionName, help: Setting.account.help)
  var sourceAccount: String?
  @Option(name: Setting.account.of(.target).optionName, help: Setting.account.help)
  var targetAccount: String?
  @Option(name: Setting.gone.optionName, help: Setting.gone.help)
  var gone: String?
  @Flag(
    name: Setting.compress.optionName, inversion: .prefixedNo, help: Setting.compress.help)
  var compress: Bool?

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.account.of(.source), sourceAccount)
    try given.take(.account.of(.target), targetAccount)
    try given.take(.gone, gone)
    try given.take(.compress, compress)
  }
}
