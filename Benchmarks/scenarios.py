# mailmove: what is measured.
# SPDX-License-Identifier: Apache-2.0
"""The scenarios: which mail, from where to where, by which tools."""

import dataclasses


@dataclasses.dataclass
class Scenario:
    """One thing to measure."""

    name: str
    title: str
    kind: str = "small"
    messages: int = 5000
    mailboxes: int = 24
    route: str = "imap-imap"  # imap-imap, imap-archive, archive-imap or pop3-archive
    # How a run finds the target: "fresh" each time, "again" (nothing is new since the last run),
    # or "changed" (1 % of the messages are new and 1 % have other flags).
    state: str = "fresh"
    round_trip: float = 0  # milliseconds
    on_disk: bool = False  # storage of the new server on disk with fsync, instead of in memory
    lacking: str = ""  # capabilities the new server does not tell
    tools: tuple = ("mailmove", "doveadm", "mbsync", "imapsync")
    bytes: int = 0  # filled in from the laboratory


A = {"messages": 5000, "mailboxes": 24}
B = {"kind": "mixed", "messages": 2000, "mailboxes": 24}
K = {"kind": "large", "messages": 1, "mailboxes": 1}

SCENARIOS = [
    Scenario("a", "5,000 small messages in 24 mailboxes", **A),
    Scenario("a-disk", "the same, onto a disk with fsync", on_disk=True, **A),
    Scenario("a-40ms", "the same at 40 ms", round_trip=40, **A),
    Scenario("b", "2,000 mixed messages, 270 MB", **B),
    Scenario("b-40ms", "the same at 40 ms", round_trip=40, **B),
    Scenario("c", "one mailbox of 100,000", messages=100_000, mailboxes=1,
             tools=("mailmove", "doveadm")),
    Scenario("d-50", "nothing new, 5,000 messages in 50 mailboxes", messages=5000, mailboxes=50,
             state="again"),
    Scenario("d-50-40ms", "the same at 40 ms", messages=5000, mailboxes=50, state="again",
             round_trip=40),
    Scenario("d-100000", "nothing new, one mailbox of 100,000", messages=100_000, mailboxes=1,
             state="again", tools=("mailmove", "doveadm")),
    Scenario("e", "1 % new and 1 % with other flags, of 5,000 in 24", state="changed", **A),
    Scenario("f", "POP3, 5,000 small messages, to a local folder", messages=5000, mailboxes=1,
             route="pop3-archive", tools=("mailmove", "mpop", "fetchmail")),
    Scenario("g", "IMAP to a local folder, 270 MB", route="imap-archive",
             tools=("mailmove", "mbsync"), **B),
    Scenario("h", "local folder to IMAP, 270 MB", route="archive-imap",
             tools=("mailmove", "mbsync"), **B),
    Scenario("j-multiappend", "(a) into a server without MULTIAPPEND", lacking="MULTIAPPEND",
             tools=("mailmove", "mbsync"), **A),
    Scenario("j-literal", "(a) into a server without LITERAL+", lacking="LITERAL+",
             tools=("mailmove", "mbsync"), **A),
    Scenario("j-uidplus", "(a) into a server that does not tell of UIDPLUS", lacking="UIDPLUS",
             tools=("mailmove", "mbsync"), **A),
    Scenario("k", "one message of 100 MiB", **K),
    Scenario("k-archive", "the same to a local folder", route="imap-archive",
             tools=("mailmove", "mbsync"), **K),
    Scenario("k-restore", "the same from a local folder", route="archive-imap",
             tools=("mailmove", "mbsync"), **K),
]
