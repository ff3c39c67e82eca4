// mailmove: tests of copies that other tools and delivery agents made.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("Copies that other tools and delivery agents made")
struct HeaderMarkTests {
  static let header =
    "Received: from a by b; Tue, 3 Feb 2009 09:07:00 +0100\r\n"
    + "Date: Tue, 3 Feb 2009 09:06:00 +0100\r\nFrom: Ann <a@example.org>\r\nSubject: hello\r\n"
  static let draft = header + "\r\nbody\r\n"
  static let mail = "Message-ID: <1@example.org>\r\n" + draft

  /// What the evidence is that `copy` is `original`.
  static func evidence(_ original: String, _ copy: String) -> ContentIdentity.Evidence? {
    ContentIdentity(of: Array(original.utf8))
      .evidence(that: ContentIdentity(of: Array(copy.utf8)))
  }

  /// What a tool puts above a message without a Message-ID, and above one with it.
  static let tops = [
    // fetchmail and the agent it hands mail to
    "Received: from pop.example.org [192.0.2.1]\r\n\tby home with POP3 (fetchmail-6.4.37)\r\n"
      + "\tfor <ann@localhost> (single-drop); Tue, 03 Feb 2009 10:00:00 +0100 (CET)\r\n",
    "Return-Path: <b@example.org>\r\nX-Original-To: ann@localhost\r\n"
      + "Delivered-To: ann@localhost\r\nReceived: from localhost (localhost [127.0.0.1])\r\n"
      + "\tby home (Postfix) with ESMTP id 1\r\n",
    // getmail
    "Return-Path: <b@example.org>\r\nDelivered-To: ann@example.org\r\n"
      + "Received: from pop.example.org by home with POP3-SSL getmail6-6.18.13\r\n"
      + "  for <ann@home>; Tue, 03 Feb 2009 10:00:00 -0000\r\n",
    // Exim
    "Return-path: <b@example.org>\r\nEnvelope-to: ann@example.org\r\n"
      + "Delivery-date: Tue, 03 Feb 2009 10:00:00 +0100\r\n",
    // an mbox file's line, and what a filter adds
    "From b@example.org Tue Feb  3 09:07:00 2009\r\n", ">From b@example.org Tue Feb  3 2009\r\n",
    "X-Spam-Status: No, score=-1\r\n\ttests=NONE\r\nAuthentication-Results: home; spf=pass\r\n",
    "X-TUID: abcdefghijkl\r\n", "X-OfflineIMAP: 1234-5678-v7.3\r\n",
  ]

  @Test(arguments: tops)
  func whatStandsOnTopIsAMarkOfTheCopy(_ top: String) {
    #expect(Self.evidence(Self.draft, top + Self.draft) == .headerLinesAdded)
    #expect(Self.evidence(Self.mail, top + Self.mail) == .headerLinesAdded)
    #expect(Self.evidence(top + Self.mail, top + top + Self.mail) == .headerLinesAdded)
  }

  @Test func aMessageWithoutMessageIDMayHaveGotOne() {
    for id in ["Message-Id: <1@imapsync>\r\n", "Message-ID: <20090203.1@home.example.org>\r\n"] {
      #expect(Self.evidence(Self.draft, id + Self.draft) == .headerLinesAdded)
      #expect(Self.evidence("no header\r\n", id + "\r\nno header\r\n") == nil)
    }
    // Two copies that imapsync made of one message, and its original.
    let first = "Message-Id: <1@imapsync>\r\n" + Self.draft
    let second = "Message-Id: <22@imapsync>\r\n" + Self.draft
    #expect(Self.evidence(first, second) == .headerLinesAdded)
    #expect(Self.evidence(first, Self.draft) == .headerLinesAdded)
    // A Message-ID of its own is part of a message.
    let other = "Message-ID: <2@example.org>\r\n"
    #expect(Self.evidence(Self.mail, other + Self.mail) == nil)
    #expect(Self.evidence(Self.mail, other + Self.draft) == nil)
    #expect(Self.evidence(Self.mail, Self.draft) == nil)
  }

  @Test(arguments: ["Status: RO\r\n", "Content-Length: 6\r\n", "Lines: 1\r\n", "X-UID: 3\r\n"])
  func notesOfMailboxFormatsCountForNothing(_ note: String) {
    let changed = note.replacing("3", with: "4").replacing("RO", with: "O")
    #expect(Self.evidence(Self.mail, Self.header0 + note + "\r\nbody\r\n") == .headerLinesAdded)
    #expect(Self.evidence(note + Self.mail, Self.mail) == .headerLinesAdded)
    #expect(Self.evidence(note + Self.mail, changed + Self.mail) != nil)
  }

  static let header0 = "Message-ID: <1@example.org>\r\n" + header

  @Test func aReturnPathThatMovedToTheTopIsTheSame() {
    let path = "Return-Path: <b@example.org>\r\n"
    let received = "Received: from localhost by home\r\n"
    let original = "X-A: 1\r\n" + path + Self.mail
    #expect(Self.evidence(original, path + received + "X-A: 1\r\n" + Self.mail) != nil)
    #expect(Self.evidence(original, received + "X-A: 1\r\n" + Self.mail) == nil)
    #expect(
      Self.evidence(original, "Return-Path: <c@x>\r\n" + "X-A: 1\r\n" + Self.mail) == nil)
  }

  @Test func stampsFurtherDownArePartOfTheMessage() {
    let received = "Received: from x by y\r\n"
    #expect(Self.evidence(Self.mail, Self.header0 + received + "\r\nbody\r\n") == nil)
    // Two deliveries of one message, by two ways or to two people.
    #expect(Self.evidence(received + Self.mail, "Received: from z by y\r\n" + Self.mail) == nil)
    #expect(
      Self.evidence("Delivered-To: a\r\n" + Self.mail, "Delivered-To: b\r\n" + Self.mail) == nil)
    // The copy has less.
    #expect(Self.evidence(received + Self.mail, Self.mail) == nil)
  }

  @Test(arguments: tops)
  func anotherBodyOrFieldIsAnotherMessage(_ top: String) {
    #expect(Self.evidence(Self.draft, top + Self.draft + "more\r\n") == nil)
    #expect(
      Self.evidence(Self.draft, top + Self.draft.replacing("hello", with: "hullo")) == nil)
  }
}
