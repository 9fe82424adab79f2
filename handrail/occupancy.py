"""One Handrail per home: a lock that ends with its owner, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class Occupied(Exception):
    """Another process holds this home; the message names it and says what to do."""


@contextmanager
def occupy(home: Path, name: str) -> Iterator[TextIO]:
    """Hold ``home/name.lock`` and yield it for notes; raise Occupied while another process holds it.

    The lock belongs to the open file, so the system releases it even after a crash; what stands in the
    file then is the last owner's note.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / f"{name}.lock").open("a+", encoding="utf-8") as file:
        file.seek(0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = file.readline().strip()
            raise Occupied(
                f"Handrail already runs in {home} (process {owner}). "
                "Stop that one first, or name another folder with HANDRAIL_HOME."
            ) from None
        yield file


def is_occupied(home: Path, name: str) -> bool:
    """Return whether a process holds ``home/name.lock``; changes nothing."""
    try:
        file = (home / f"{name}.lock").open(encoding="utf-8")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def note(file: TextIO, *lines: str) -> None:
    """Replace what stands in a held lock by this process's id and ``lines``."""
    file.seek(0)
    file.truncate()
    file.write("\n".join((str(os.getpid()), *lines)) + "\n")
    file.flush()
