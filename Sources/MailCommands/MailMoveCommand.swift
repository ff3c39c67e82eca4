// mailmove: the command.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import MailJobs
import MailTransport
import SyncEngine

/// The command: reads arguments, runs a subcommand, and ends with its exit code.
package struct MailMoveCommand: AsyncParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "mailmove",
    abstract: "Move mailboxes between mail servers: exactly once, byte for byte, over TLS.",
    discussion: """
      EXAMPLE
        mailmove plan imaps://alice@old.example.org imaps://alice@new.example.org
        mailmove sync imaps://alice@old.example.org imaps://alice@new.example.org
        mailmove sync imaps://alice@old.example.org archive:/srv/mail-archive
        mailmove archive ls /srv/mail-archive

      An address never holds a password. It is asked for, or comes from a file,
      a command or the environment; see 'mailmove help sync'. A run that broke
      off continues when the same command is typed again. Nothing is deleted unless you ask for it.
      """,
    version: Version.current,
    subcommands: [
      SyncCommand.self, PlanCommand.self, VerifyCommand.self, StatusCommand.self,
      ProbeCommand.self, ArchiveCommand.self,
    ])

  package static func main() async {
    BrokenPipe.ignore()
    StandardStreams.provide()
    ProcessLimits.prepare()
    let surroundings = Surroundings.ofProcess(environment: ProcessInfo.processInfo.environment)
    Foundation.exit(await run(nil, surroundings).rawValue)
  }

  /// Runs the command with some arguments, or with those of the process.
  static func run(
    _ arguments: [String]?, _ surroundings: Surroundings, engine: any Engine = LiveEngine()
  ) async -> ExitStatus {
    let terminal = Terminal(Terminal.Manner(), surroundings)
    if let shortage = ProcessLimits.shortage { return terminal.tell(shortage) }
    let status = await perform(arguments, surroundings, terminal, engine)
    guard let undelivered = surroundings.undelivered() else { return status }
    return status.worse(terminal.tell(undelivered))
  }

  private static func perform(
    _ arguments: [String]?, _ surroundings: Surroundings, _ terminal: Terminal,
    _ engine: any Engine
  ) async -> ExitStatus {
    do {
      let command = try parseAsRoot(Self.completed(arguments))
      if let ours = command as? any Subcommand {
        return try await ours.perform(engine, surroundings)
      }
      var other = command
      try other.run()
      return .success
    } catch let error as UsageError {
      return terminal.tell(error)
    } catch {
      return tell(parserError: error, terminal)
    }
  }

  /// `--delete-source` may stand alone; it means the whole thing then.
  private static func completed(_ arguments: [String]?) -> [String] {
    (arguments ?? Array(CommandLine.arguments.dropFirst())).map { argument in
      argument == Setting.deleteSource.option
        ? "\(argument)=\(Removal.Manner.expunge.rawValue)" : argument
    }
  }

  /// Help that was asked for is a result; a complaint of the parser is wrong usage.
  private static func tell(parserError error: any Error, _ terminal: Terminal) -> ExitStatus {
    let text = fullMessage(for: error, columns: nil)
    if exitCode(for: error).isSuccess {
      terminal.result(text)
      return .success
    }
    let head = "Error: "
    terminal.word(text.hasPrefix(head) ? "mailmove: " + text.dropFirst(head.count) : text)
    return .usage
  }
}

/// A subcommand that ends with one of our exit codes.
protocol Subcommand: AsyncParsableCommand {
  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus
}
