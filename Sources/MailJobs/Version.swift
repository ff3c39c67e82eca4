// mailmove: the version.
// SPDX-License-Identifier: Apache-2.0

/// The version of the program, as `--version` and the ledgers tell it.
package enum Version {
  package static let current = "0.1.0"
}
