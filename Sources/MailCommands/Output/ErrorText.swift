// mailmove: errors as sentences.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import MailWire
import SyncEngine

/// Errors as the user reads them: what happened and where, then what to do.
enum ErrorText {
  static func message(_ error: SyncError) -> String { SafeText.visible(error.description) }

  /// The hint with `SIDE` turned into the options that exist in this command.
  static func hint(_ error: SyncError, alone: Bool = false) -> String {
    let side = error.side == .target ? EndpointPlace.target : .source
    let place = alone ? EndpointPlace.alone : side
    let option = "--" + place.prefix
    let variable = "MAILMOVE_" + place.prefix.uppercased().replacing("-", with: "_")
    return SafeText.visible(
      error.hint.replacing("--SIDE-", with: option).replacing("MAILMOVE_SIDE_", with: variable))
  }

  /// The fields of an error for programs.
  static func fields(_ error: SyncError, alone: Bool = false) -> [(String, JSON)] {
    [
      ("cause", .string(error.cause.rawValue)), ("side", .string(error.side.rawValue)),
      ("scope", .string(error.scope.rawValue)),
      ("mailbox", JSON(error.mailbox?.description)),
      ("uid", JSON(error.key?.uid.rawValue)),
      ("message", .string(error.description)), ("hint", .string(hint(error, alone: alone))),
    ]
  }
}
