# mailmove: benchmarks.
# SPDX-License-Identifier: Apache-2.0
"""Measures mailmove and other tools side by side, between two Dovecots on this machine.

The tools take turns, round after round, each time into a fresh target, and after every run it is
counted whether all messages are there. Prints Markdown; scripts/bench builds what this needs.
"""

import argparse
import dataclasses
import os
import platform
import signal
import subprocess
import sys

from laboratory import Laboratory
from measuring import HEAD, Series, run, table
from scenarios import SCENARIOS
from tools import TOOLS


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO",
                        help="all by default; d takes d-50, d-100000 and so on")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--runs", type=int, default=5, help="rounds (default 5)")
    parser.add_argument("--tools", help="names with commas: " + ", ".join(TOOLS))
    parser.add_argument("--bin", default=".build/release", help="where mailmove and its lab are")
    parser.add_argument("--memory", default="/dev/shm", help="folder in memory")
    parser.add_argument("--disk", default="/var/tmp", help="folder on a disk")
    parser.add_argument("--round-trip", type=float, metavar="MS",
                        help="delay of each scenario, such as 0, 10, 40 or 150")
    parser.add_argument("--micro", action="store_true", help="the micro-benchmarks as well")
    return parser.parse_args()


def wanted(names):
    if not names:
        return SCENARIOS
    known = {scenario.name for scenario in SCENARIOS}
    chosen = [scenario for scenario in SCENARIOS
              if any(scenario.name == name
                     or name not in known and scenario.name.startswith(name + "-")
                     for name in names)]
    if not chosen:
        sys.exit("no such scenario; --list shows them")
    return chosen


class Bench:
    """All rounds of one scenario."""

    def __init__(self, scenario, options):
        self.scenario = scenario
        self.options = options
        names = options.tools.split(",") if options.tools else scenario.tools
        self.kinds = [TOOLS[name] for name in names
                      if name in scenario.tools and scenario.route in TOOLS[name].routes
                      and TOOLS[name].is_present(options.bin)]

    def measure(self):
        series = [Series(kind.name, []) for kind in self.kinds]
        accounts = len(self.kinds) * (self.options.runs + 1)
        lab = Laboratory(self.options.bin, self.scenario, accounts, self.options.memory,
                         self.options.disk)
        try:
            if self.scenario.state == "fresh":
                self.fresh_rounds(lab, series)
            else:
                self.repeated_rounds(lab, series)
        finally:
            lab.stop()
        return series

    def fresh_rounds(self, lab, series):
        for number in range(self.options.runs):
            for place in self.order(number):
                account = f"run-{number * len(self.kinds) + place + 1}"
                tool = self.kinds[place](lab, account, os.path.join(lab.folder, account))
                tool.prepare()
                series[place].costs.append(self.once(lab, tool))

    def repeated_rounds(self, lab, series):
        tools = [kind(lab, f"run-{place + 1}", os.path.join(lab.folder, f"run-{place + 1}"))
                 for place, kind in enumerate(self.kinds)]
        for tool in tools:
            tool.prepare()
            first = self.once(lab, tool)
            if first.problem:
                say(f"  {tool.name}: the first run: {first.problem}")
        for number in range(self.options.runs):
            if self.scenario.state == "changed":
                lab.change_old(number + 1)
            for place in self.order(number):
                series[place].costs.append(self.once(lab, tools[place]))

    def order(self, number):
        """Another tool begins in every round."""
        places = range(len(self.kinds))
        return [(place + number) % len(self.kinds) for place in places]

    def once(self, lab, tool):
        log = tool.path("log")
        lab.round_trips()
        cost = run(tool.command(), tool.environment(), log)
        cost.round_trips = lab.round_trips()
        there = self.count(tool)
        if cost.status != 0:
            with open(log, encoding="utf-8", errors="replace") as file:
                end = " ".join(file.read().split())[-300:]
            cost.problem = f"exit {cost.status}, {there} of {lab.expected} there: {end}"
        elif there != lab.expected:
            cost.problem = f"{there} of {lab.expected} messages"
        say(f"  {tool.name}: {cost.wall:.2f} s, {cost.cpu:.2f} s CPU, {cost.peak_mib:.0f} MiB"
            + (f"; {cost.problem}" if cost.problem else ""))
        return cost

    @staticmethod
    def count(tool):
        try:
            return tool.count()
        except (OSError, ValueError, IndexError, subprocess.CalledProcessError) as error:
            return f"uncounted ({error.__class__.__name__})"


def say(text):
    print(text, file=sys.stderr, flush=True)


def version(*words):
    try:
        text = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return None
    lines = (text.stdout or text.stderr).split("\n")
    return lines[0].strip()


def machine():
    """What was measured on, as a list."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    one, five, _ = os.getloadavg()
    return "\n".join([
        f"- {os.cpu_count()} cores of {model}, Linux {platform.release()}",
        f"- load before the first run: {one:.1f} (last five minutes {five:.1f})",
        f"- Dovecot {version('dovecot', '--version')}; {version('mbsync', '--version')}; "
        f"{version('mpop', '--version')}",
    ])


def main():
    # Ends by an exception, so that the servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    if options.list:
        for scenario in SCENARIOS:
            print(f"{scenario.name:14} {scenario.title}")
        return
    print(machine())
    if options.micro:
        print("\n### Micro-benchmarks\n")
        sys.stdout.flush()
        subprocess.run([os.path.join(options.bin, "mailmove-bench")], check=True)
    for scenario in wanted(options.scenarios):
        if options.round_trip is not None:
            title = f"{scenario.title}, at {options.round_trip:g} ms"
            scenario = dataclasses.replace(scenario, title=title, round_trip=options.round_trip)
        say(f"{scenario.name}: {scenario.title}")
        series = Bench(scenario, options).measure()
        rows = [one.row(scenario, series[0]) for one in series]
        print(f"\n### ({scenario.name}) {scenario.title}\n\n{table(HEAD, rows)}", flush=True)


if __name__ == "__main__":
    main()
