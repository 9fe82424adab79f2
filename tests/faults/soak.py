"""`python -m tests.faults.soak --minutes 10`: steady work for a while, and how much memory grows."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.people import settle
from tests.chaos.place import Place, place, until
from tests.chaos.processes import children
from tests.chaos.story import Life
from tests.chaos.visitor import Tally, Visitor

LOOKS = 10


def memory(here: Place, label: str) -> float:
    """Return the megabytes a program and its children keep to themselves, the least of a few looks.

    A work-horse lives for one bell, and its memory with it: only what stays can grow.
    """
    looks = []
    for _look in range(LOOKS):
        looks.append(_memory(here, label))
        time.sleep(0.5)
    return min(looks)


def _memory(here: Place, label: str) -> float:
    total = 0
    for pid in [here.running[label].pid, *children(here.running[label].pid)]:
        try:
            smaps = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in smaps.splitlines() if line.startswith("Private_"))
    return total / 1024


def soak(minutes: float, pace: float) -> dict[str, tuple[float, float]]:
    """Let eight members act; return each program's megabytes after a tenth of the time and at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        place(Path(folder) / "home", on="sqlite") as here,
    ):
        town = settle(here.sessions, count=8, outings=300)
        for name in ("web", "relay", "worker"):
            here.add(name)
        until(here.answers)
        tally, began = Tally(), time.monotonic()
        first: dict[str, float] = {}
        lives = [
            Life(person, town, Visitor(here.port, f"10.6.0.{number}", tally), number)
            for number, person in enumerate(town.people)
        ]
        for life in lives:
            life.begin()
        while (passed := time.monotonic() - began) < minutes * 60:
            for life in lives:
                life.go_on()
                time.sleep(pace)
            if not first and passed > minutes * 6:
                first = {label: memory(here, label) for label in ("web", "relay", "worker")}
        print(f"{tally.acknowledged} acknowledged, answers {Counter(tally.statuses)}")  # noqa: T201
        return {label: (before, memory(here, label)) for label, before in first.items()}


def main() -> int:
    """Print megabytes and growth of each program; the status is 1 where one grew by more than 5 %."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--pace", type=float, default=0.05, help="seconds between two requests")
    given = asked.parse_args()
    worst = 0.0
    for label, (before, after) in soak(given.minutes, given.pace).items():
        growth = after / before - 1
        worst = max(worst, growth)
        print(f"{label}: {before:.0f} MB, then {after:.0f} MB ({growth:+.1%})")  # noqa: T201
    return 1 if worst > 0.05 else 0


if __name__ == "__main__":
    sys.exit(main())
