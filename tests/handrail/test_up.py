"""`handrail up` with everything real: served, well, alone in its home, and gone without a trace."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handrail.processes import address_in, gone, handrail, running

#: Its home, its process, and what it said until it was ready.
RunningHome = tuple[Path, subprocess.Popen[str], str]

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(sys.platform != "linux", reason="watches processes as Linux does"),
]


def descendants(pid: int) -> set[int]:
    """Every process below ``pid``, found by asking each process on this machine for its parent."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own address
        return int(answer.status)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "home"


@pytest.fixture(scope="module")
def running_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHome]:
    """One that runs for all tests that only look at it."""
    home = tmp_path_factory.mktemp("runs") / "home"
    with running(home, "--empty") as (process, said):
        yield home, process, said


def test_it_serves_is_well_and_ends_without_a_trace(home: Path) -> None:
    with running(home, "--empty") as (process, said):
        assert status_of(address_in(said) + "/healthz") == 200
        below = descendants(process.pid)
        assert len(below) >= 4
        (folder,) = (home / "queue.lock").read_text().splitlines()[1:]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert all(gone(pid) for pid in below)
        assert not Path(folder).exists()


def test_the_doctor_finds_everything_well_while_it_runs(running_home: RunningHome) -> None:
    home, _process, _said = running_home
    # The worker loads the numerics before it first says that it is alive.
    answers = (handrail(home, "doctor") for _ in range(20))
    last = next((each for each in answers if each.returncode == 0), None) or handrail(home, "doctor")
    assert last.returncode == 0, last.stdout
    assert "All is well." in last.stdout


def test_a_second_one_in_the_same_home_is_refused(running_home: RunningHome) -> None:
    home, process, _said = running_home
    second = handrail(home, "up", "--empty")
    assert second.returncode == 1
    assert f"already runs in {home} (process {process.pid})" in second.stderr
    assert process.poll() is None


def test_nothing_outlives_it_when_it_is_killed_and_it_starts_again(home: Path) -> None:
    with running(home, "--empty") as (process, _said):
        below = descendants(process.pid)
        process.kill()
        assert all(gone(pid, within=30) for pid in below)
    with running(home, "--empty") as (_process, said):
        assert status_of(address_in(said) + "/healthz") == 200


def test_a_taken_port_is_avoided_unless_it_was_asked_for(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = handrail(home, "up", "--empty", LISTEN=address)
    assert refused.returncode == 1
    assert f"Another program listens on {address}" in refused.stderr


def test_the_web_process_has_loaded_no_numerics(running_home: RunningHome) -> None:
    _home, process, said = running_home
    status_of(address_in(said) + "/healthz")
    (worker,) = [pid for pid in descendants(process.pid) if "gunicorn" in command_of(parent_of(pid))]
    loaded = Path(f"/proc/{worker}/maps").read_text()
    assert ".so" in loaded
    assert not re.search(r"/(numpy|scipy|sklearn|numba)/", loaded)


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
