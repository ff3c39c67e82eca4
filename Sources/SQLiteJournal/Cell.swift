// mailmove: one value of a row.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine

/// Reads values of a row; a damaged file makes it throw `journalFailed`, never trap.
enum Cell {
  static func integer(_ row: Row, _ index: Int) throws -> Int64 {
    guard let value = row[index] as Int64? else { throw unreadable() }
    return value
  }

  static func text(_ row: Row, _ index: Int) throws -> String {
    guard let value = row[index] as String? else { throw unreadable() }
    return value
  }

  static func bytes(_ row: Row, _ index: Int) throws -> [UInt8] {
    guard let value = optionalBytes(row, index) else { throw unreadable() }
    return value
  }

  static func optionalBytes(_ row: Row, _ index: Int) -> [UInt8]? {
    (row[index] as Data?).map { Array($0) }
  }

  static func optionalUID(_ row: Row, _ index: Int) throws -> UID? {
    guard let value = row[index] as Int64? else { return nil }
    return UID(try narrow(value))
  }

  /// A word of a closed list.
  static func word<T: RawRepresentable<String>>(_ row: Row, _ index: Int) throws -> T {
    guard let value: T = try optionalWord(row, index) else { throw unreadable() }
    return value
  }

  static func optionalWord<T: RawRepresentable<String>>(_ row: Row, _ index: Int) throws -> T? {
    guard let text = row[index] as String? else { return nil }
    guard let value = T(rawValue: text) else { throw unreadable() }
    return value
  }

  static func narrow<T: FixedWidthInteger>(_ value: Int64) throws -> T {
    guard let narrowed = T(exactly: value) else { throw unreadable() }
    return narrowed
  }

  private static func unreadable() -> SyncError {
    SyncError.journal(.journalFailed, "the ledger holds a value that cannot be read")
  }
}
