// mailmove: JSON as values that keep the order of keys.
// SPDX-License-Identifier: Apache-2.0

/// One JSON value (RFC 8259).
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that 64 bits can hold.
  case integer(Int64)
  /// Any other number, as it is written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// A JSON object whose keys stay in order.
package struct JSONObject: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  package private(set) var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The value of a key, the first one if there are several; nil if there is none.
  package subscript(_ key: String) -> JSONValue? {
    members.first { $0.key == key }?.value
  }

  package mutating func add(_ key: String, _ value: JSONValue?) {
    if let value { members.append(Member(key, value)) }
  }

  package mutating func add(_ key: String, _ value: Int64?) {
    add(key, value.map { .integer($0) })
  }

  package mutating func add(_ key: String, _ value: String?) {
    add(key, value.map { .string($0) })
  }

  package func integer(_ key: String) -> Int64? {
    if case .integer(let value) = self[key] { value } else { nil }
  }

  package func string(_ key: String) -> String? {
    if case .string(let value) = self[key] { value } else { nil }
  }

  package func array(_ key: String) -> [JSONValue]? {
    if case .array(let values) = self[key] { values } else { nil }
  }

  package func object(_ key: String) -> JSONObject? {
    if case .object(let object) = self[key] { object } else { nil }
  }
}
