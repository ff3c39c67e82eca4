// mailmove: sync of one job.
// SPDX-License-Identifier: Apache-2.0

import MailJobs

/// `sync` of two addresses or of one named job, with its metrics.
struct OneJob {
  let options: [Choice]
  let engine: any Engine
  let surroundings: Surroundings

  func perform(_ first: String?, _ second: String?) async throws -> ExitStatus {
    let request: JobRequest
    do {
      request = try JobRequest(
        first, second, options: options, environment: surroundings.environment)
    } catch {
      if second == nil, let first, let settings = settings(ofBroken: first) {
        await writeMetrics(ofBroken: first, settings)
      }
      throw error
    }
    let session: JobSession
    do { session = try JobSession(request, engine, surroundings) } catch {
      if let name = request.name { await writeMetrics(ofBroken: name, request.settings) }
      throw error
    }
    if session.isDryRun { return await Planning(session).perform().status }
    let outcome = await JobRun(session).perform()
    let status = outcome.status ?? .internalFault
    let writer = MetricsWriter(engine: engine, terminal: session.terminal)
    return await writer.write([outcome]) ? status : status.withoutMetrics
  }

  /// A job that could not begin failed too, and its metrics say so.
  private func writeMetrics(ofBroken name: String, _ settings: Settings) async {
    guard LedgerName.isJobName(name), !settings.isOn(.dryRun) else { return }
    let terminal = Terminal(Terminal.Manner(settings), surroundings)
    _ = await MetricsWriter(engine: engine, terminal: terminal)
      .write([JobOutcome(name, .usage, settings: settings, surroundings)])
  }

  /// What is known without the job's own settings; nil when there is no such job, only a typing
  /// mistake.
  private func settings(ofBroken name: String) -> Settings? {
    let environment = surroundings.environment
    guard let variables = try? Settings.choices(in: environment, of: Setting.ofJobs) else {
      return nil
    }
    let early = Settings([options, variables])
    guard let configuration = try? ConfigurationFile.load(early, environment, isNeeded: true)
    else { return early }
    guard configuration.names.contains(name) else { return nil }
    return Settings([options, variables, configuration.defaults])
  }
}
