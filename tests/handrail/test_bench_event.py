"""`handrail bench event` prints what it measured; nothing here depends on how long it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_one_column_stands_beside_the_limit_and_the_whole_region() -> None:
    command = [
        sys.executable,
        "-m",
        "handrail",
        "bench",
        "event",
        "--members",
        "200",
        "--events",
        "64",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    report = json.loads(done.stdout)

    assert set(report["engines"]) == {"sgemm", "handrail", "everything again"}
    assert report["engines"]["handrail"]["seconds"] < report["engines"]["everything again"]["seconds"]
    assert (report["members"], report["events"], report["threads"]) == (200, 64, 1)
