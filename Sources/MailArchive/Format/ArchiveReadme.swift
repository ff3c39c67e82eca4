// mailmove: how to read an archive without mailmove.
// SPDX-License-Identifier: Apache-2.0

/// The `README.txt` at the top of every archive, for someone who has nothing else.
package enum ArchiveReadme {
  /// The Python program at the end, which checks every message and tells what it found.
  package static let program = #"""
    import gzip, hashlib, re, sys
    for path in sys.argv[1:]:
        text = gzip.open(path, "rb").read()
        starts = [m.start() for m in re.finditer(rb"(?m)^From ", text)] + [len(text)]
        for a, b in zip(starts, starts[1:]):
            lines = text[a:b].split(b"\n")
            tag = dict(f.split(b"=", 1) for f in lines[1].split()[2:] if b"=" in f)
            raw = b"\n".join(lines[1 + int(tag[b"lines"]):])
            raw = re.sub(rb"(?m)^>(>*From )", rb"\1", raw)
            if tag[b"eol"] == b"crlf": raw = raw.replace(b"\n", b"\r\n")
            raw = raw[:int(tag[b"size"])]
            print(hashlib.sha256(raw).hexdigest().encode() == tag[b"sha256"], path, a)
    """#

  /// The text, in lines that end with LF.
  package static let text = #"""
    This folder is an archive of mail, written by mailmove. It can be read without mailmove: with
    gzip, mutt, Python, sha256sum or sqlite3, as shown below. Work on a copy.


    What is where

      segments/2019/00000003.mbox.gz   mail; the folder is the year in which it was received
      segments/undated/...             mail whose date makes no sense
      journal/00000001.jsonl.gz        folders, flags and what else was known, in JSON lines
      catalog.sqlite                   the same for quick questions; made from the journal
      SHA256SUMS                       checksums of the files that will not change any more

    The files are ordinary gzip files with many members one after the other. gzip, zcat, Python
    and 7z read all of them. A few libraries stop after the first member, which looks like a short
    file.


    All mail of a year

      zcat segments/2019/*.mbox.gz > 2019.mbox
      mutt -R -f 2019.mbox

    This is a plain mbox file of the kind "mboxrd". A line of a message that began with "From "
    has a ">" before it here, and one that began with ">From " has one more. The second line of
    each message and a few after it were put there by mailmove: they say the checksum and the size
    of the message, the account and folder it was found in, and its flags at that time.

    mutt opens the compressed files too, with this line in its settings:

      open-hook \\.gz$ "gzip -cd %f > %t"

    Dovecot reads them with its compression plugin; formail needs the option -Y.


    One message, exactly as it was

    The column "show" says how to get its text:

      sqlite3 catalog.sqlite "select account, folder, received, show from v_message"

    Run what it says with "> entry" behind it, then take away what was put there:

      n=$(sed -n '2s/.*lines=\([0-9]*\).*/\1/p' entry)
      s=$(sed -n '2s/.*size=\([0-9]*\).*/\1/p' entry)
      tail -n +$((n+2)) entry | LC_ALL=C sed 's/^>\(>*From \)/\1/' | sed 's/$/\r/' | head -c $s

    If the second line says eol=raw, leave out  | sed 's/$/\r/'  . The second line also has the
    SHA-256 of the message, to compare with what sha256sum says about the result.


    Folders and flags

    Each message is stored once, however many folders it is in. Which folders those are, and flags
    as they are now, is in the catalog (view v_message), and in the journal as it happened:

      zcat journal/*.jsonl.gz


    Is it still whole?

      sha256sum -c SHA256SUMS

    checks the files that are complete. Every message has a checksum of its own as well. This
    program needs nothing but Python 3. It writes a line for each message, which begins with True
    if the message is whole. Save it as check.py and run
    python3 check.py segments/*/*.mbox.gz


    """# + program + "\n"
}
