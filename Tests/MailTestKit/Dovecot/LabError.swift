// mailmove: what went wrong in the laboratory.
// SPDX-License-Identifier: Apache-2.0

/// A failure of the laboratory itself, told so that whoever runs the tests can mend it.
package struct LabError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
