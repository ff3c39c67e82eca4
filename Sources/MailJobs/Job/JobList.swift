// mailmove: the list of jobs in the configuration file.
// SPDX-License-Identifier: Apache-2.0

/// All jobs of the configuration file, in its order.
package struct JobList: Sendable {
  package struct Item: Sendable {
    package let name: String
    /// Its settings; those of all jobs where something is wrong with it.
    package let settings: Settings
    /// The job, or what is wrong with it alone.
    package let request: Result<JobRequest, UsageError>
  }

  /// What was chosen for all jobs.
  package let settings: Settings
  package let items: [Item]

  /// Throws what is wrong with all of them.
  package init(options: [Choice], environment: [String: String]) throws(UsageError) {
    let variables = try Settings.choices(in: environment, of: Setting.ofJobs)
    let above = [options, variables]
    let configuration = try ConfigurationFile.load(
      Settings(above), environment, isNeeded: true)
    guard !configuration.names.isEmpty else {
      throw UsageError("\(configuration.file) has no jobs", hint: "write jobs there")
    }
    let common = Settings(above + [configuration.defaults])
    settings = common
    var items: [Item] = []
    for name in configuration.names {
      do {
        let request = JobRequest(
          try configuration.job(named: name), named: name, above: above, configuration.defaults,
          isOneOfAll: true, environment: environment)
        items.append(Item(name: name, settings: request.settings, request: .success(request)))
      } catch {
        items.append(Item(name: name, settings: common, request: .failure(error)))
      }
    }
    self.items = items
  }
}
