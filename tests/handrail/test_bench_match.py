"""`handrail bench match` prints what it measured; nothing here depends on how long it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_the_report_names_every_engine_and_its_ratio_to_the_limit() -> None:
    command = [
        sys.executable,
        "-m",
        "handrail",
        "bench",
        "match",
        "--members",
        "200",
        "--events",
        "64",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    report = json.loads(done.stdout)

    assert {"sgemm", "handrail", "numpy", "scikit-learn", "scikit-learn cosine"} <= set(report["engines"])
    for found in report["engines"].values():
        assert found["seconds"] > 0
        assert found["times_sgemm"] > 0
        assert found["extra_megabytes"] >= 0
    assert report["members"] == 200
    assert report["threads"] == 1
    assert report["versions"]["numba"]
