// mailmove: what commands on an archive say.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs

/// How a command on an archive speaks.
struct ArchiveOutput: ParsableArguments {
  @Flag(name: Setting.json.optionName, help: Setting.json.help)
  var json = false
  @Flag(name: [.customShort("q"), .customLong("quiet")], help: Setting.quiet.help)
  var quiet = false

  func terminal(_ surroundings: Surroundings) throws(UsageError) -> Terminal {
    var given = GivenOptions()
    try given.take(.json, ifSet: json)
    try given.take(.quiet, ifSet: quiet)
    let variables = try Settings.choices(in: surroundings.environment, of: [.json, .quiet])
    return Terminal(Terminal.Manner(Settings([given.choices, variables])), surroundings)
  }
}

extension Terminal {
  /// Results are told in words.
  var isWordy: Bool { !manner.isJSON && !manner.isQuiet }
}
