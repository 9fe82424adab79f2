"""`python -m tests.chaos.program NAME ...`: the command `handrail`, with short leases and poison it knows.

``CHAOS_LEASE`` and ``CHAOS_BACKOFF`` are seconds; without them nothing is changed.
"""

from __future__ import annotations

import os
import sys

from domain import outbox
from handrail.cli import main


def shorten() -> None:
    """Let leases and pauses end soon, so that a run of minutes sees what else takes hours."""
    outbox.LEASE = float(os.environ.get("CHAOS_LEASE", outbox.LEASE))
    outbox.BACKOFF_CAP = float(os.environ.get("CHAOS_BACKOFF", outbox.BACKOFF_CAP))


if __name__ == "__main__":
    shorten()
    if sys.argv[1] == "worker":
        from tests.chaos import poison

        poison.install()
    main()
