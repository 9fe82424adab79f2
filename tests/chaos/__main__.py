"""`python -m tests.chaos --requests 10000 --kills 2000`: a long storm on both databases, and its figures."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.storm import Size, storm


def main() -> int:
    """Print one line for each database; the status is 1 where a promise was broken."""
    asked = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    asked.add_argument("--requests", type=int, default=200, help="acknowledged, for each database")
    asked.add_argument("--kills", type=int, default=60, help="for each database")
    asked.add_argument("--members", type=int, default=8)
    asked.add_argument("--seed", type=int, default=6)
    asked.add_argument("--on", action="append", choices=["sqlite", "postgresql"])
    asked.add_argument("--keep", type=Path, help="leave homes and logs in this folder")
    given = asked.parse_args()
    size = Size(requests=given.requests, kills=given.kills, members=given.members, seed=given.seed)
    clean = True
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        for on in given.on or ["sqlite", "postgresql"]:
            report = storm((given.keep or Path(folder)) / on, on=on, size=size)
            print(report.line(), *report.refused, sep="\n  ", flush=True)  # noqa: T201
            clean &= report.verdict.clean and not report.refused
            if not report.verdict.clean:
                print(f"  {report.verdict}", flush=True)  # noqa: T201
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
