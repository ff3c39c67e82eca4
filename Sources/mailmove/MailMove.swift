// mailmove: where the process begins.
// SPDX-License-Identifier: Apache-2.0

import MailCommands

/// The process: everything it can do is in `MailCommands`.
@main
enum MailMove {
  static func main() async { await MailMoveCommand.main() }
}
