// mailmove: who a job is for.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import SQLiteJournal

extension JobIdentity {
  /// Both accounts, and of an archive the account in it where one was named.
  ///
  /// Naming the label that mail from this source gets anyway makes no other job.
  package init(source: Endpoint, target: Endpoint) {
    let given = ArchivePlace.label(of: source.url)
    self.init(
      source: source.known.identity(account: source.account),
      target: target.known.identity(account: target.account == given ? nil : target.account))
  }
}
