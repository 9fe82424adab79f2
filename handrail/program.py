"""One program that runs beside this process and ends with it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")
#: The log of an earlier day is kept once, and no larger than this.
LOG_BYTES = 5_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What is started, where it writes, and when it counts as ready."""

    name: str
    command: Sequence[str]
    log: Path  #: what it prints is added here
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    ready: Callable[[], bool] = lambda: True  #: asked repeatedly; must answer fast
    foundation: bool = False  #: others need it: they start after it and end before it
    patience: float = 10.0  #: seconds it is given to end by itself
    sockets: tuple[int, ...] = ()  #: numbers of those it is handed


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start ``program`` in a session of its own, so that Ctrl-C reaches it only through :func:`stop`.

    To be called from the main thread: Linux ends the program with the thread that started it.
    """
    program.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if program.log.exists() and program.log.stat().st_size > LOG_BYTES:
        program.log.replace(program.log.with_suffix(".old"))
    with program.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own programs, no shell
            [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *program.command],
            env=dict(program.environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=program.sockets,
        )


def stop(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Ask ``process`` to end; after ``patience`` seconds, end it and its group."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, for a person who wants to know why a program ended."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
