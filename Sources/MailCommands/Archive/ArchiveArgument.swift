// mailmove: where an archive is, as typed.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailJobs

/// The argument that names an archive: a path, or `archive:/path`.
enum ArchiveArgument {
  /// The path to it.
  static func path(_ text: String) throws(UsageError) -> String {
    guard !text.isEmpty else {
      throw UsageError("the archive is missing", hint: "give the path of its folder")
    }
    guard let colon = text.firstIndex(of: ":"),
      let scheme = EndpointURL.Scheme(rawValue: text[..<colon].lowercased())
    else { return text }
    switch scheme {
    case .archive:
      do { return try EndpointURL(text).path } catch { throw UsageError(error.description) }
    case .imaps, .imap, .pop3s, .pop3:
      throw UsageError(
        "an account at a server is no archive",
        hint: "give the archive's folder, as /path or archive:/path")
    }
  }
}
