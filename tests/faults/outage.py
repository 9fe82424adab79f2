"""`python -m tests.faults.outage --minutes 5`: the queue server away, and what pages take meanwhile."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.people import settle
from tests.chaos.place import Place, place, until
from tests.chaos.verdict import still_open
from tests.chaos.visitor import Reply, Tally, Visitor
from tests.factories import PASSWORD
from tests.faults.test_away import PAGES, show

LINE = "Suggestions will come a little later"


def stroll(visitor: Visitor, minutes: float, pace: float) -> list[Reply]:
    """Look at every page and save, again and again, with a pause as a person makes one."""
    replies, until_then, number = [], time.monotonic() + minutes * 60, 0
    while time.monotonic() < until_then:
        for path in PAGES:
            replies.append(visitor.once("GET", path))
            time.sleep(pace)
        replies.append(visitor.once("POST", "/profile/needs", {"own_words": f"round {number}"}))
        number += 1
    return replies


def outage(here: Place, visitor: Visitor, how: str, minutes: float, pace: float) -> bool:
    """Take the queue server away, for some minutes; return whether all went as promised."""
    show("before", stroll(visitor, 0.5, pace))
    if how == "killed":
        here.kill("queue")
    else:
        os.kill(here.running["queue"].pid, signal.SIGSTOP)
    replies = stroll(visitor, minutes, pace)
    calm = LINE in visitor.look("/profile/").text
    here.respawn() if how == "killed" else os.kill(here.running["queue"].pid, signal.SIGCONT)
    took = until(lambda: still_open(here.sessions) == 0)
    failed = Counter(reply.status for reply in replies if reply.status not in {200, 303})
    p99 = show(f"queue server {how} for {minutes:g} minutes", replies)
    line = "shown" if calm else "missing"
    print(f"{failed.total()} failed {dict(failed)}, calm line {line}, worked off {took:.1f} s after")  # noqa: T201
    return not failed and calm and p99 < 0.3


def main() -> int:
    """Print times before and during both kinds of outage; the status is 1 where a promise was broken."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults.outage", description=__doc__)
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument(
        "--pace", type=float, default=0.15, help="seconds between two; 600 a minute are too many"
    )
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="outage-") as folder,
        place(Path(folder) / "home", on="sqlite") as here,
    ):
        town = settle(here.sessions, count=2, outings=3)
        for name in ("web", "relay", "worker"):
            here.add(name)
        until(here.answers)
        visitor = Visitor(here.port, "10.8.0.1", Tally())
        visitor.sign_in(town.people[0].email, PASSWORD)
        kept = [outage(here, visitor, how, given.minutes, given.pace) for how in ("killed", "stopped")]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
