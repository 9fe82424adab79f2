"""Nothing acknowledged is lost, doubled or out of order, whatever is killed; on both databases.

``CHAOS_REQUESTS`` and ``CHAOS_KILLS`` make it longer; both count for each database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.chaos.storm import Size, storm

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.skipif(sys.platform != "linux", reason="kills processes as Linux knows them"),
]


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_what_was_acknowledged_is_so_exactly_once(tmp_path: Path, on: str) -> None:
    size = Size(
        requests=int(os.environ.get("CHAOS_REQUESTS", "200")), kills=int(os.environ.get("CHAOS_KILLS", "60"))
    )
    report = storm(tmp_path / "home", on=on, size=size)
    print(report.line())  # noqa: T201 - the figures, with pytest -s
    assert report.verdict.clean, report.verdict
    assert report.refused == []
    assert report.leaks == []
    assert report.statuses["500"] == 0, "who cannot be served is asked to come back"
    assert report.acknowledged >= size.requests
    assert report.kills.total() == size.kills
    assert report.verdict.mails > 0
    assert report.verdict.repeated <= size.kills / 10
