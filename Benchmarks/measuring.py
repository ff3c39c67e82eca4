# mailmove: running a program and what it cost.
# SPDX-License-Identifier: Apache-2.0
"""Runs programs one at a time and adds up what they cost."""

import dataclasses
import os
import statistics
import subprocess
import time


@dataclasses.dataclass
class Cost:
    """What one run of a program cost."""

    wall: float
    cpu: float  # user and system, the program's own, in seconds
    peak_mib: float
    status: int
    round_trips: int | None = None
    problem: str | None = None


def run(command, environment, log, seconds_max=3600):
    """Runs a command to its end; its own CPU time and memory come from wait4."""
    with open(log, "wb") as output:
        start = time.monotonic()
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    cost = Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak_mib=usage.ru_maxrss / 1024,
                status=child.returncode)
    if wall > seconds_max:
        cost.problem = "too slow"
    return cost


@dataclasses.dataclass
class Series:
    """The runs of one tool in one scenario."""

    tool: str
    costs: list

    @property
    def good(self):
        return [cost for cost in self.costs if cost.problem is None]

    def row(self, scenario, base):
        """The cells of the tool's row; base is the series of mailmove."""
        if not self.good:
            problem = self.costs[0].problem if self.costs else "did not run"
            return [self.tool, problem or "", "", "", "", "", "", ""]
        walls = sorted(cost.wall for cost in self.good)
        median = statistics.median(walls)
        cpu = statistics.median(cost.cpu for cost in self.good)
        trips = [cost.round_trips for cost in self.good if cost.round_trips is not None]
        bad = len(self.costs) - len(self.good)
        return [
            self.tool + (f" ({bad} of {len(self.costs)} incomplete)" if bad else ""),
            f"{median:.2f} ({walls[0]:.2f} to {walls[-1]:.2f})",
            f"{cpu:.2f}",
            f"{max(cost.peak_mib for cost in self.good):.0f}",
            f"{scenario.messages / median:,.{1 if scenario.messages < 10 else 0}f}",
            f"{scenario.bytes / median / 1e6:.1f}",
            f"{statistics.median(trips):.0f}" if trips else "",
            self.ratio(base),
        ]

    def ratio(self, base):
        """How many times as long as mailmove it took in the same round: median and spread."""
        if base is self:
            return "1"
        ratios = sorted(
            mine.wall / theirs.wall for mine, theirs in zip(self.costs, base.costs)
            if mine.problem is None and theirs.problem is None)
        if not ratios:
            return ""
        return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


HEAD = ["tool", "wall s, median (min to max)", "CPU s", "peak MiB", "messages/s", "MB/s",
        "round trips", "wall against mailmove"]


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
