// mailmove: what SEARCH finds.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The answer to UID SEARCH, as ESEARCH where that is offered (RFC 4731).
struct SearchAnswer {
  private var plain: [UID] = []
  private var extended: ESearchResult?

  mutating func take(_ response: Response) {
    switch response {
    // Some servers with ESEARCH answer in the old form all the same.
    case .search(let some): plain += some
    case .esearch(let result): extended = result
    default: break
    }
  }

  var uids: UIDSet { extended?.all ?? UIDSet(plain) }
  var count: Int64 { max(extended?.count ?? 0, Int64(uids.count)) }
}
