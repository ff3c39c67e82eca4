// mailmove: what commands on a job have in common.
// SPDX-License-Identifier: Apache-2.0

import MailJobs

/// A command on a job, and the groups of its options.
///
/// Each command has all groups itself, and no group has others in it: in a debug build the parser
/// examines a group, at every level above it, five times as often. With one level more a `sync` of
/// the tests spent half a second of a core on its arguments.
protocol JobCommand: Subcommand {
  var job: JobOptions { get }
  var sourceOptions: EndpointOptions<AtSource> { get }
  var targetOptions: EndpointOptions<AtTarget> { get }
  var folders: FolderOptions { get }
  var output: OutputOptions { get }

  /// Adds what the command alone has.
  func collect(into given: inout GivenOptions) throws(UsageError)
}

extension JobCommand {
  /// What was given, in all groups.
  func choices() throws(UsageError) -> [Choice] {
    var given = GivenOptions()
    try sourceOptions.collect(into: &given)
    try targetOptions.collect(into: &given)
    try folders.collect(into: &given)
    try output.collect(into: &given)
    try job.collect(into: &given)
    try collect(into: &given)
    return given.choices
  }

  func request(environment: [String: String]) throws(UsageError) -> JobRequest {
    try JobRequest(job.source, job.target, options: try choices(), environment: environment)
  }
}
