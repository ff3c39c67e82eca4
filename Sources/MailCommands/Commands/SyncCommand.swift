// mailmove: the subcommand sync.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs
import SyncEngine

/// Copies what is missing and carries flags over; never deletes.
struct SyncCommand: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Copy what is missing at the target and carry flags over.",
    usage: "mailmove sync (<source> <target> | <job> | --all) [<options>]",
    discussion: """
      EXAMPLE
        mailmove sync imaps://alice@old.example.org imaps://alice@new.example.org \\
          --source-password-file old.secret --target-password-command 'pass show new'
        mailmove sync alice          (a job in config.yaml)
        mailmove sync --all          (all of them, one after the other)

      Nothing is ever deleted at the target, and at the source only with
      --delete-source, after every copy has been read again and compared.

      Typed again, it continues where it stopped and brings the target up to date.

      EXIT CODES
        0        everything is accounted for
        1        a fault in mailmove
        2        wrong usage or configuration, nothing touched
        3        finished, some messages were skipped
        4        a guard stopped it
        5        temporary, run again
        7        ledger, state folder or disk
        8        another run is going on
        10, 11   cannot connect to the source, the target
        12, 13   login refused by the source, the target
        14       the server's TLS cannot be trusted
        15       the target is full
        130, 143 interrupted
      """)

  @OptionGroup var job: JobOptions
  @OptionGroup(title: "Source") var sourceOptions: EndpointOptions<AtSource>
  @OptionGroup(title: "Target") var targetOptions: EndpointOptions<AtTarget>
  @OptionGroup(title: "Folders") var folders: FolderOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @Flag(help: "Run all jobs of the configuration file, one after the other.")
  var all = false
  @Option(name: Setting.metricsFile.optionName, help: Setting.metricsFile.help)
  var metricsFile: String?
  @Option(name: Setting.flags.optionName, help: Setting.flags.help)
  var flags: String?
  @Flag(name: Setting.full.optionName, help: Setting.full.help)
  var full = false
  @Flag(name: Setting.retrySkipped.optionName, help: Setting.retrySkipped.help)
  var retrySkipped = false
  @Flag(name: Setting.recopyLost.optionName, help: Setting.recopyLost.help)
  var recopyLost = false
  @Option(name: Setting.lanes.optionName, help: Setting.lanes.help)
  var lanes: String?
  @OptionGroup(title: "Deleting at the source") var removal: RemovalOptions
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: Setting.dryRun.help)
  var dryRun = false

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let options = try choices()
    if all {
      guard job.source == nil else {
        throw UsageError(
          "--all takes no address and no name of a job", hint: "leave out one or the other")
      }
      let list = try JobList(options: options, environment: surroundings.environment)
      return await AllJobs(list, engine, surroundings).perform()
    }
    let one = OneJob(options: options, engine: engine, surroundings: surroundings)
    return try await one.perform(job.source, job.target)
  }

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.metricsFile, metricsFile)
    try given.take(.flags, flags)
    try given.take(.full, ifSet: full)
    try given.take(.retrySkipped, ifSet: retrySkipped)
    try given.take(.recopyLost, ifSet: recopyLost)
    try given.take(.lanes, lanes)
    try removal.collect(into: &given)
    try given.take(.dryRun, ifSet: dryRun)
  }
}
