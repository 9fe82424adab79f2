"""A real Handrail for tests, and watching processes that are not our children."""

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def gone(pid: int, *, within: float = 10.0) -> bool:
    """Wait for a process to end; False when it is still there after ``within`` seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], within)[0])
    finally:
        os.close(watch)


def environ(home: Path, **more: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HANDRAIL_")}
    return {**kept, "HANDRAIL_HOME": str(home), **{f"HANDRAIL_{name}": text for name, text in more.items()}}


def handrail(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "handrail", *arguments],
        env=environ(home, **more), check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@contextmanager
def running(home: Path, *options: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A started Handrail and what it printed until it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "handrail", "up", *options],
        env=environ(home, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    try:
        assert "Handrail is ready." in said, said
        yield process, said
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def address_in(said: str) -> str:
    match = re.search(r"http://localhost:\d+", said)
    assert match
    return match[0]
