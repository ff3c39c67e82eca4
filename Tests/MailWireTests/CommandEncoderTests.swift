// mailmove: tests of commands on the wire.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct CommandEncoderTests {
  /// Chunks as one text: `|` after each that waits, `<secret>` for secrets.
  private static func wire(
    _ command: Command, _ mode: LiteralMode = .plus, showSecrets: Bool = true
  ) throws -> String {
    try CommandEncoder(literalMode: mode).encode(tag: "t", command).map { chunk in
      let text = String(decoding: chunk.bytes, as: UTF8.self)
      return (chunk.kind == .secret && !showSecrets ? "<secret>" : text)
        + (chunk.waitsForContinuation ? "|" : "")
    }.joined()
  }

  private static let uids = UIDSet(ranges: [1...5, 7...7])
  private static let mailbox = MailboxName(wire: "Entw&APw-rfe")

  @Test(arguments: [
    (Command.capability, "t CAPABILITY\r\n"), (.noop, "t NOOP\r\n"), (.logout, "t LOGOUT\r\n"),
    (.startTLS, "t STARTTLS\r\n"), (.namespace, "t NAMESPACE\r\n"),
    (.compressDeflate, "t COMPRESS DEFLATE\r\n"), (.enable(["UIDONLY"]), "t ENABLE UIDONLY\r\n"),
    (.id([]), "t ID NIL\r\n"),
    (
      .id([("name", "a \"b\""), ("version", "1")]),
      "t ID (\"name\" \"a \\\"b\\\"\" \"version\" \"1\")\r\n"
    ),
    (.list(), "t LIST \"\" \"*\"\r\n"),
    (
      .list(returning: .init(subscribed: true, specialUse: true, status: [.messages, .uidNext])),
      "t LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT))\r\n"
    ),
    (.listDelimiter, "t LIST \"\" \"\"\r\n"), (.listSubscribed, "t LSUB \"\" \"*\"\r\n"),
    (.status(mailbox, [.messages, .size]), "t STATUS \"Entw&APw-rfe\" (MESSAGES SIZE)\r\n"),
    (.create(mailbox), "t CREATE \"Entw&APw-rfe\"\r\n"),
    (.create(mailbox, use: "\\Drafts"), "t CREATE \"Entw&APw-rfe\" (USE (\\Drafts))\r\n"),
    (.subscribe(.inbox), "t SUBSCRIBE \"INBOX\"\r\n"),
    (.select(.inbox, condStore: true), "t SELECT \"INBOX\" (CONDSTORE)\r\n"),
    (.examine(.inbox), "t EXAMINE \"INBOX\"\r\n"), (.unselect, "t UNSELECT\r\n"),
    (.quotaRoot(of: .inbox), "t GETQUOTAROOT \"INBOX\"\r\n"),
    (
      .uidFetch(uids, [.uid, .flags, .internalDate, .size, .modSeq, .emailID], changedSince: 9),
      "t UID FETCH 1:5,7 (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ EMAILID) (CHANGEDSINCE 9)\r\n"
    ),
    (.uidFetch(from: UID(3), [.uid, .gmailLabels]), "t UID FETCH 3:* (UID X-GM-LABELS)\r\n"),
    (.uidFetch(from: UID(3), [.uid, .body]), "t UID FETCH 3:* (UID BODY.PEEK[])\r\n"),
    (
      .uidFetch(uids, [.header, .headerFields(["DATE", "FROM"])]),
      "t UID FETCH 1:5,7 (BODY.PEEK[HEADER] BODY.PEEK[HEADER.FIELDS (DATE FROM)])\r\n"
    ),
    (
      .uidStore(uids, .add, FlagSet(system: .flagged, keywords: [Keyword("$Forwarded")])),
      "t UID STORE 1:5,7 +FLAGS.SILENT (\\Flagged $Forwarded)\r\n"
    ),
    (.uidStore(uids, .replace, .none), "t UID STORE 1:5,7 FLAGS.SILENT ()\r\n"),
    (.uidStore(uids, .remove, .none), "t UID STORE 1:5,7 -FLAGS.SILENT ()\r\n"),
    (.uidSearchAll(), "t UID SEARCH ALL\r\n"),
    (.uidSearchAll(extended: true), "t UID SEARCH RETURN (ALL COUNT) ALL\r\n"),
    (.uidExpunge(uids), "t UID EXPUNGE 1:5,7\r\n"),
    (.authenticate(mechanism: "PLAIN"), "t AUTHENTICATE PLAIN\r\n"),
    (
      .authenticate(mechanism: "PLAIN", initialResponse: [0, 97, 0, 98]),
      "t AUTHENTICATE PLAIN AGEAYg==\r\n"
    ),
    (.authenticate(mechanism: "EXTERNAL", initialResponse: []), "t AUTHENTICATE EXTERNAL =\r\n"),
  ])
  func everyCommandIsWrittenAsTheStandardSays(_ command: Command, _ expected: String) throws {
    #expect(try Self.wire(command) == expected)
  }

  @Test(arguments: [
    ("plain", "\"plain\""), ("", "\"\""), ("a b", "\"a b\""), ("quo\"te", "\"quo\\\"te\""),
    ("back\\slash", "\"back\\\\slash\""), ("NIL", "\"NIL\""), ("ü", "{2+}\r\nü"),
    ("a\r\nx LOGOUT", "{11+}\r\na\r\nx LOGOUT"), ("\u{7F}", "{1+}\r\n\u{7F}"),
  ])
  func mailboxNamesTravelUnchanged(_ name: String, _ expected: String) throws {
    #expect(try Self.wire(.create(MailboxName(wire: name))) == "t CREATE \(expected)\r\n")
  }

  @Test(arguments: [
    ("secret", "\"secret\""), ("two words", "\"two words\""), ("pa\"ss", "{5+}\r\npa\"ss"),
    ("pa\\ss", "{5+}\r\npa\\ss"), ("pä", "{3+}\r\npä"),
  ])
  func passwordsOfAllKindsWork(_ password: String, _ expected: String) throws {
    let login = Command.login(user: Array("jane".utf8), password: Secret(password))
    #expect(try Self.wire(login) == "t LOGIN \"jane\" \(expected)\r\n")
  }

  @Test func nothingSecretStandsInAChunkThatMayBeShown() throws {
    let login = Command.login(user: Array("jane\\".utf8), password: Secret("pä"))
    for mode in [LiteralMode.plus, .minus, .synchronizing] {
      let shown = try Self.wire(login, mode, showSecrets: false)
      #expect(!shown.contains("jane") && !shown.contains("pä"))
    }
    let plain = Command.authenticate(mechanism: "PLAIN", initialResponse: Array("\0u\0p".utf8))
    #expect(try Self.wire(plain, showSecrets: false) == "t AUTHENTICATE PLAIN <secret>\r\n")
    #expect(WireChunk.saslAnswer(Array("\0u\0p".utf8)).kind == .secret)
  }

  @Test func synchronizingLiteralsWaitOnce() throws {
    let login = Command.login(user: Array("ü".utf8), password: Secret("p"))
    #expect(try Self.wire(login, .synchronizing) == "t LOGIN {2}\r\n|ü \"p\"\r\n")
    #expect(try Self.wire(login, .minus) == "t LOGIN {2+}\r\nü \"p\"\r\n")
  }

  @Test func literalMinusIsForSmallLiteralsOnly() throws {
    for (octets, header) in [(4_096, "{4096+}\r\n"), (4_097, "{4097}\r\n|")] {
      let append = Command.append(
        to: .inbox, flags: .none, date: nil, message: [UInt8](repeating: 0x61, count: octets))
      #expect(try Self.wire(append, .minus).hasPrefix("t APPEND \"INBOX\" () " + header))
    }
  }

  @Test func aMessageIsAChunkOfItsOwn() throws {
    let date = InternalDate(secondsSinceEpoch: 0, zoneMinutes: 60)
    let message = Array("From: x\r\n\0".utf8)
    let command = Command.append(
      to: .inbox, flags: FlagSet(system: .seen), date: date, message: message)
    let chunks = try CommandEncoder(literalMode: .plus).encode(tag: "t", command)
    #expect(
      chunks == [
        WireChunk(
          bytes: Array("t APPEND \"INBOX\" (\\Seen) \" 1-Jan-1970 01:00:00 +0100\" {10+}\r\n".utf8),
          kind: .protocolText),
        WireChunk(bytes: message, kind: .message),
        WireChunk(bytes: Array("\r\n".utf8), kind: .protocolText),
      ])
  }

  @Test func manyMessagesMakeOneCommand() throws {
    var append = AppendEncoder(
      tag: "t", to: .inbox, encoder: CommandEncoder(literalMode: .plus))
    var chunks = try append.add(flags: .none, date: nil, message: Array("one".utf8))
    chunks += try append.add(
      flags: FlagSet(system: .draft), date: nil, message: Array("two".utf8))
    chunks.append(append.finish())
    #expect(append.count == 2)
    #expect(
      String(decoding: chunks.flatMap(\.bytes), as: UTF8.self)
        == "t APPEND \"INBOX\" () {3+}\r\none (\\Draft) {3+}\r\ntwo\r\n")
    #expect(chunks.filter { $0.kind == .message }.count == 2)
  }

  @Test(arguments: ["a b", "a)", "a\r\nb", "", "\u{E9}", "a{3}", "a*", "a\"", "\\x", "a\0"])
  func noKeywordCanBreakOutOfItsList(_ name: String) {
    #expect(throws: EncodingError.keywordNotAnAtom(command: "UID STORE")) {
      try Self.wire(.uidStore(Self.uids, .add, FlagSet(keywords: [Keyword(name)])))
    }
  }

  @Test func noLineEndOrNULGetsIntoACommand() {
    #expect(throws: EncodingError.unsafeText(command: "ENABLE")) {
      try Self.wire(.enable(["X\r\nt LOGOUT"]))
    }
    #expect(throws: EncodingError.unsafeText(command: "CREATE")) {
      try Self.wire(.create(.inbox, use: "\\S\u{E9}nt"))
    }
    #expect(throws: EncodingError.nulInString(command: "SELECT")) {
      try Self.wire(.select(MailboxName([0x61, 0])))
    }
    #expect(throws: EncodingError.nulInString(command: "LOGIN")) {
      try Self.wire(.login(user: [0x61], password: Secret([0])))
    }
  }

  @Test func longSetsAreCutIntoLines() {
    let set = UIDSet((1...2_000).map { UID($0 * 2) })
    let parts = set.lines(of: 1_000)
    #expect(parts.allSatisfy { $0.description.utf8.count <= 1_000 && !$0.isEmpty })
    #expect(UIDSet(ranges: parts.flatMap(\.ranges)) == set)
    #expect(UIDSet().lines().isEmpty)
    #expect(UIDSet([UID(7)]).lines(of: 1) == [UIDSet([UID(7)])])
  }
}
