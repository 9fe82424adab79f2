"""What every long-running process of ours does: end when told, end with its parent, have a name."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PR_SET_PDEATHSIG = 1  # linux/prctl.h
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def name_of(kind: str, lane: str = "", pid: int | None = None) -> str:
    """Return the name under which a process is known: kind, lane, host and process id."""
    return "/".join(filter(None, (kind, lane, socket.gethostname()[:40], str(pid or os.getpid()))))


def end_with_parent(parent: int, *, by: signal.Signals = signal.SIGTERM) -> None:
    """Ask Linux to send ``by`` to this process when its parent ends; ends now where it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(by))
    if os.getppid() != parent:
        os._exit(0)


@contextmanager
def ending_on_signal() -> Iterator[threading.Event]:
    """Give an event that is set when this process is asked to end."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, ask) for number in ENDING}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
