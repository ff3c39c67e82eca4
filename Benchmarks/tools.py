# mailmove: the tools that are measured.
# SPDX-License-Identifier: Apache-2.0
"""How each tool is told to do the same thing, and how many messages it then has at the target."""

import json
import os
import shutil
import subprocess

from laboratory import PASSWORD


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


def files_below(folder):
    return sum(len(files) for place, _, files in os.walk(folder)
               if os.path.basename(place) in ("cur", "new"))


class Tool:
    """One tool with its own target: `account` at the new server, or `folder` on this machine."""

    name = ""
    program = ""
    routes = ()

    def __init__(self, lab, account, folder):
        self.lab = lab
        self.account = account
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    @classmethod
    def is_present(cls, programs):
        return shutil.which(cls.program) is not None

    def prepare(self):
        """Does what must be done before a run and is not measured."""

    def path(self, name):
        return os.path.join(self.folder, name)

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8"}


class Mailmove(Tool):
    name = "mailmove"
    routes = ("imap-imap", "imap-archive", "archive-imap", "pop3-archive")

    @classmethod
    def is_present(cls, programs):
        return os.access(os.path.join(programs, "mailmove"), os.X_OK)

    def source(self):
        return ["--source-password-file", self.lab.values["LAB_OLD_PASSWORD_FILE"],
                "--source-tls-ca", self.lab.authority]

    def target(self):
        return ["--target-password-file", self.lab.values["LAB_NEW_PASSWORD_FILE"],
                "--target-tls-ca", self.lab.authority]

    def sync(self, source, target, options):
        return [self.lab.mailmove, "sync", source, target, "--quiet", "--state",
                self.path("state")] + options

    def archive(self):
        return "archive:" + self.path("archive")

    def command(self):
        old = f"imaps://old@localhost:{self.lab.old_port}"
        new = f"imaps://{self.account}@localhost:{self.lab.new_port}"
        drop = f"pop3s://old@localhost:{self.lab.pop3_port}"
        return {
            "imap-imap": lambda: self.sync(old, new, self.source() + self.target()),
            "imap-archive": lambda: self.sync(old, self.archive(), self.source()),
            "archive-imap": lambda: self.sync(self.archive(), new, self.target()),
            "pop3-archive": lambda: self.sync(drop, self.archive(), self.source()),
        }[self.lab.scenario.route]()

    def prepare(self):
        if self.lab.scenario.route != "archive-imap" or os.path.exists(self.path("archive")):
            return
        old = f"imaps://old@localhost:{self.lab.values['LAB_OLD_PORT']}"
        subprocess.run(self.sync(old, self.archive(), self.source()), check=True,
                       env=self.environment())

    def count(self):
        if self.lab.scenario.route.endswith("-imap"):
            return self.lab.count_new(self.account)
        text = subprocess.run(
            [self.lab.mailmove, "archive", "ls", self.path("archive"), "--json"], check=True,
            capture_output=True, text=True, env=self.environment()).stdout
        lines = [json.loads(line) for line in text.splitlines()]
        return sum(line["messages"] for line in lines if line["event"] == "archive")


class Doveadm(Tool):
    """Dovecot's own migration, which writes the new server's storage without a server."""

    name = "doveadm backup"
    program = "doveadm"
    routes = ("imap-imap",)

    def command(self):
        settings = {
            "imapc_host": "localhost", "imapc_port": self.lab.old_port, "imapc_user": "old",
            "imapc_password": PASSWORD, "imapc_ssl": "imaps",
            "ssl_client_ca_file": self.lab.authority,
            "imapc_features": "rfc822.size fetch-headers", "mail_prefetch_count": "20",
        }
        words = ["doveadm", "-c", self.lab.new_configuration()]
        for name, value in settings.items():
            words += ["-o", f"{name}={value}"]
        return words + ["backup", "-R", "-u", self.account, "imapc:"]

    def count(self):
        return self.lab.count_new(self.account)


class Mbsync(Tool):
    name = "mbsync"
    program = "mbsync"
    routes = ("imap-imap", "imap-archive", "archive-imap")

    def imap(self, store, port, user):
        return (f"IMAPStore {store}\nHost localhost\nPort {port}\nUser {user}\n"
                f"Pass {PASSWORD}\nSSLType IMAPS\nCertificateFile {self.lab.authority}\n"
                "Timeout 600\n\n")

    def maildir(self, store):
        folder = self.path("mail")
        os.makedirs(folder, exist_ok=True)
        return f"MaildirStore {store}\nPath {folder}/\nInbox {folder}/INBOX\nSubFolders Verbatim\n\n"

    def channel(self, name, far, near):
        state = self.path("state-" + name)
        os.makedirs(state, exist_ok=True)
        text = (f"{far}{near}Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Near\n"
                f"Sync Pull\nCopyArrivalDate yes\nSyncState {state}/\n")
        return ["mbsync", "-q", "-c", write(self.path(name + ".conf"), text), "all"]

    def command(self):
        old = self.imap("far", self.lab.old_port, "old")
        new = self.imap("near", self.lab.new_port, self.account)
        return {
            "imap-imap": lambda: self.channel("move", old, new),
            "imap-archive": lambda: self.channel("save", old, self.maildir("near")),
            "archive-imap": lambda: self.channel("restore", self.maildir("far"), new),
        }[self.lab.scenario.route]()

    def prepare(self):
        if self.lab.scenario.route == "archive-imap" and not os.path.exists(self.path("mail")):
            old = self.imap("far", self.lab.values["LAB_OLD_PORT"], "old")
            subprocess.run(self.channel("save", old, self.maildir("near")), check=True,
                           env=self.environment())

    def count(self):
        if self.lab.scenario.route.endswith("-imap"):
            return self.lab.count_new(self.account)
        return files_below(self.path("mail"))


class Imapsync(Tool):
    name = "imapsync"
    program = "imapsync"
    routes = ("imap-imap",)

    def command(self):
        words = ["imapsync", "--nolog", "--noreleasecheck"]
        for side, port, user in (("1", self.lab.old_port, "old"),
                                 ("2", self.lab.new_port, self.account)):
            words += ["--host" + side, "localhost", "--port" + side, str(port), "--ssl" + side,
                      "--user" + side, user, "--password" + side, PASSWORD]
        return words

    def count(self):
        return self.lab.count_new(self.account)


class Mpop(Tool):
    name = "mpop"
    program = "mpop"
    routes = ("pop3-archive",)

    def command(self):
        for place in ("mail/cur", "mail/new", "mail/tmp"):
            os.makedirs(self.path(place), exist_ok=True)
        text = (f"account default\nhost localhost\nport {self.lab.pop3_port}\nuser old\n"
                f"password {PASSWORD}\ntls on\ntls_starttls off\n"
                f"tls_trust_file {self.lab.authority}\nkeep on\n"
                f"delivery maildir {self.path('mail')}\nuidls_file {self.path('uidls')}\n")
        return ["mpop", "-q", "-C", write(self.path("mpoprc"), text)]

    def count(self):
        return files_below(self.path("mail"))


class Fetchmail(Tool):
    """Delivers by a command for each message, which is its way without a local mail server."""

    name = "fetchmail"
    program = "fetchmail"
    routes = ("pop3-archive",)

    def command(self):
        text = (f'poll localhost protocol POP3 port {self.lab.pop3_port} user "old" '
                f'password "{PASSWORD}" ssl sslcertck sslcertfile "{self.lab.authority}" keep '
                f'mda "/bin/cat >> {self.path("mbox")}"\n')
        return ["fetchmail", "-s", "--nosyslog", "-f", write(self.path("fetchmailrc"), text),
                "-i", self.path("ids"), "--pidfile", self.path("pid")]

    def count(self):
        with open(self.path("mbox"), "rb") as file:
            return sum(line.startswith(b"Message-ID: <") for line in file)


TOOLS = {"mailmove": Mailmove, "doveadm": Doveadm, "mbsync": Mbsync, "imapsync": Imapsync,
         "mpop": Mpop, "fetchmail": Fetchmail}
