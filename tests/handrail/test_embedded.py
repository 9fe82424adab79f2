"""The bundled queue server answers, is private, and never outlives its owner."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from handrail import embedded
from handrail.embedded import NoServer, queue_program, queue_server
from handrail.occupancy import Occupied
from tests.handrail.processes import gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches processes as Linux does")

OWNER = """
import sys
from pathlib import Path
from handrail.embedded import queue_server
with queue_server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def owner(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that keeps a server for ``home``, and its URL."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def server_pid(url: str) -> int:
    with Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


def test_it_answers_on_a_private_socket_and_nowhere_else(tmp_path: Path) -> None:
    with queue_server(tmp_path) as url, Redis.from_url(url) as client:
        assert client.ping()
        socket = Path(url.removeprefix("unix://"))
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert client.config_get("port") == {"port": "0"}


def test_it_never_throws_work_away_to_save_memory(tmp_path: Path) -> None:
    with queue_server(tmp_path) as url, Redis.from_url(url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_nothing_of_it_is_left_afterwards(tmp_path: Path) -> None:
    with queue_server(tmp_path) as url:
        pid = server_pid(url)
    assert gone(pid)
    assert not Path(url.removeprefix("unix://")).parent.exists()
    assert not list(tmp_path.glob("*.rdb")) + list(tmp_path.glob("**/*.aof"))


def test_a_second_one_for_the_same_home_is_refused_by_name(tmp_path: Path) -> None:
    with (
        owner(tmp_path) as (process, _url),
        pytest.raises(Occupied, match=f"process {process.pid}"),
        queue_server(tmp_path),
    ):
        pytest.fail("two servers for one home")


def test_another_home_has_a_server_of_its_own(tmp_path: Path) -> None:
    with queue_server(tmp_path / "a") as first, queue_server(tmp_path / "b") as second:
        assert server_pid(first) != server_pid(second)


def test_it_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, url):
        pid = server_pid(url)
        os.kill(process.pid, signal.SIGKILL)
        assert gone(pid)


def test_the_next_start_clears_what_a_crash_left(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, url):
        process.kill()
        process.wait()
    left = Path(url.removeprefix("unix://")).parent
    assert left.exists()
    with queue_server(tmp_path) as again:
        assert again != url
        assert not left.exists()


def test_the_next_start_ends_a_server_that_outlived_its_owner(tmp_path: Path) -> None:
    with queue_program(tmp_path) as (url, program):
        untied = subprocess.Popen(program.command)
        try:
            while not program.ready():
                assert untied.poll() is None
            # The crash: the lock is released, its note and the folder stay.
            crashed = tmp_path / "crashed"
            crashed.mkdir()
            shutil.copy(tmp_path / "queue.lock", crashed / "queue.lock")
            with queue_server(crashed):
                assert gone(untied.pid)
            with pytest.raises(Unreachable):
                server_pid(url)
        finally:
            untied.kill()
            untied.wait()


def test_where_there_is_no_bundled_server_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda _name: None)
    with pytest.raises(NoServer, match="HANDRAIL_REDIS_URL"):
        embedded.binary()


def test_a_server_that_does_not_start_shows_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "binary", lambda: Path(shutil.which("false") or "/bin/false"))
    with pytest.raises(NoServer, match="did not start"), queue_server(tmp_path):
        pytest.fail("there is no server")
