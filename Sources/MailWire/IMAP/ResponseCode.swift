// mailmove: response codes.
// SPDX-License-Identifier: Apache-2.0

/// A response code (RFC 9051, 7.1; RFC 5530), with the RFC's own names.
package enum ResponseCode: Sendable, Equatable {
  case alert
  case alreadyExists
  /// APPENDUID (RFC 4315): one UID for each message appended, in order.
  case appendUID(UIDValidity, [UID])
  case authenticationFailed
  case authorizationFailed
  case badCharset
  case cannot
  case capability(CapabilitySet)
  case clientBug
  case closed
  case contactAdmin
  case corruption
  case expired
  case expungeIssued
  case hasChildren
  case highestModSeq(Int64)
  case inUse
  case limit
  /// MAILBOXID (RFC 8474).
  case mailboxID(String)
  /// MESSAGELIMIT (RFC 9738).
  case messageLimit(Int64, lowest: UID?)
  case noModSeq
  case nonexistent
  case noPerm
  case overQuota
  case parse
  case permanentFlags(PermanentFlags)
  case privacyRequired
  case readOnly
  case readWrite
  case serverBug
  case throttled
  case tooBig
  case tryCreate
  case uidNext(UID)
  case uidNotSticky
  case uidValidity(UIDValidity)
  case unavailable
  case unknownCTE
  case useAttr
  /// Anything else, by its name in upper case and its argument as text.
  case other(name: String, argument: String)
}
