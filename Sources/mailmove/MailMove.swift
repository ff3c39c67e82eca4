// mailmove: the command.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
struct MailMove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "mailmove")
}
