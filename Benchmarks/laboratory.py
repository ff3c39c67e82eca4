# mailmove: two servers to measure between.
# SPDX-License-Identifier: Apache-2.0
"""Two throw-away Dovecots made by mailmove-lab, and the relays before them."""

import imaplib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PASSWORD = "easy"


class Relay:
    """A relay before one port; see relay.py."""

    def __init__(self, port, round_trip, folder):
        self.tally_file = os.path.join(folder, f"relay-{port}.json")
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "relay.py"), "--to", f"127.0.0.1:{port}",
             "--round-trip", str(round_trip), "--tally", self.tally_file],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def take(self):
        """The counts since they were last taken."""
        if os.path.exists(self.tally_file):
            os.remove(self.tally_file)
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(500):
            try:
                with open(self.tally_file, encoding="ascii") as file:
                    return json.load(file)
            except (FileNotFoundError, ValueError):
                time.sleep(0.01)
        raise RuntimeError("the relay does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Laboratory:
    """An old server with mail and a new one with empty accounts run-1, run-2 …"""

    def __init__(self, programs, scenario, accounts, memory, disk):
        self.lab = os.path.join(programs, "mailmove-lab")
        self.mailmove = os.path.join(programs, "mailmove")
        self.scenario = scenario
        self.folder = tempfile.mkdtemp(prefix="mailmove-bench-",
                                       dir=disk if scenario.on_disk else memory)
        os.chmod(self.folder, 0o711)
        self.servers = os.path.join(self.folder, "servers")
        self.relays = []
        words = [self.lab, "start", "--dir", self.servers, "--layout", "same",
                 "--kind", scenario.kind, "--messages", str(scenario.messages),
                 "--mailboxes", str(scenario.mailboxes), "--accounts", str(accounts)]
        if scenario.on_disk:
            words += ["--fsync", "yes"]
        if scenario.lacking:
            words += ["--lacking", scenario.lacking]
        try:
            lines = subprocess.run(words, check=True, capture_output=True, text=True).stdout
            self.values = dict(line.split("=", 1) for line in lines.split("\n") if "=" in line)
            self.values = {name: value.strip("'") for name, value in self.values.items()}
            scenario.bytes = int(self.values["LAB_BYTES"])
            self.expected = int(self.values["LAB_MESSAGES"])
            self.authority = self.values["LAB_CA"]
            self.old_port = self.reached(int(self.values["LAB_OLD_PORT"]))
            self.new_port = self.reached(int(self.values["LAB_NEW_PORT"]))
            self.pop3_port = self.reached(int(self.values["LAB_OLD_POP3S_PORT"]))
        except BaseException:
            self.stop()
            raise

    def reached(self, port):
        """The port by which the tools reach a server: through a relay where one is wanted."""
        if self.scenario.round_trip == 0 and self.scenario.state == "fresh":
            return port
        relay = Relay(port, self.scenario.round_trip, self.folder)
        self.relays.append(relay)
        return relay.port

    def round_trips(self):
        """Round trips on the busiest connection since this was last asked; None without relays."""
        if not self.relays:
            return None
        return max(relay.take()["longest"] for relay in self.relays)

    def new_configuration(self):
        return os.path.join(self.servers, "new", "dovecot.conf")

    def count_new(self, account):
        """How many messages an account at the new server has."""
        text = subprocess.run(
            ["doveadm", "-c", self.new_configuration(), "-f", "flow", "mailbox", "status",
             "-t", "-u", account, "messages", "*"],
            check=True, capture_output=True, text=True).stdout
        return int(text.strip().split("=")[1])

    def change_old(self, seed):
        """Adds 1 % new messages to the old account and changes the flags of 1 %."""
        context = ssl.create_default_context(cafile=self.authority)
        client = imaplib.IMAP4_SSL("localhost", int(self.values["LAB_OLD_PORT"]),
                                   ssl_context=context)
        client.login("old", PASSWORD)
        names = [line.decode().split(' "/" ', 1)[1] for line in client.list()[1]]
        names = [name for name in names if client.select(name)[0] == "OK"]
        share = self.scenario.messages // 100
        for number in range(share):
            name = names[number % len(names)]
            text = (f"From: a@example.org\r\nSubject: neu {seed} {number}\r\n"
                    f"Message-ID: <{seed}.{number}@neu.example>\r\n\r\nNeu.\r\n")
            client.append(name, None, None, text.encode())
            client.select(name)
            client.store(str(seed * 10 + number // len(names) + 1), "+FLAGS", "\\Flagged")
        client.logout()
        self.expected += share

    def stop(self):
        for relay in self.relays:
            relay.stop()
        subprocess.run([self.lab, "stop", "--dir", self.servers], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
