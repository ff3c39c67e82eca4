// mailmove: fuzzing the names of mailboxes.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// A name that reads strictly is written again as it was, and any text survives being a name.
enum ModifiedUTF7Target {
  static func run(_ input: FuzzInput) {
    let wire = input.bytes
    if let text = ModifiedUTF7.decode(wire) {
      Finding.unless(ModifiedUTF7.encode(text) == wire, "a strict name is written otherwise")
    }
    let (text, quality) = ModifiedUTF7.decodeTolerantly(wire)
    Finding.unless(
      (quality == .exact) == (ModifiedUTF7.encode(text) == wire),
      "what is called exact is not, or the other way round")
    check(text)
    check(String(decoding: wire, as: UTF8.self))
    Finding.unlessVisible(ModifiedUTF7.display(wire), "a name for people")
    let name = MailboxName(wire)
    Finding.unless(MailboxName(name.bytes) == name, "a name of a name is another one")
    Finding.unlessVisible(name.description, "a mailbox for people")
  }

  private static func check(_ text: String) {
    let encoded = ModifiedUTF7.encode(text)
    Finding.unless(
      encoded.allSatisfy { (0x20...0x7E).contains($0) }, "a name is not printable ASCII")
    Finding.unless(
      ModifiedUTF7.decode(encoded)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true,
      "a text does not come back")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  ModifiedUTF7Target.run(FuzzInput(start, count))
  return 0
}
