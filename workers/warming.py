"""Compile the matcher beside everything else, so that nobody's mail waits for it."""

from __future__ import annotations

import logging
import os
import signal
from types import TracebackType
from typing import Self

from domain.events import Lane
from workers.processes import end_with_parent

MATCHES = (Lane.MATCHING, Lane.BULK)  #: lanes whose work needs the matcher and its model

log = logging.getLogger("handrail.worker")


class Warming:
    """A process that compiles the matcher into its cache: half a minute the first time, then a moment."""

    def __enter__(self) -> Self:
        """Begin."""
        self._pid = _fork()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, should it still go on."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def done(self) -> bool:
        """Return whether lanes that match may be forked; loads what was compiled when it is first so."""
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0]:
            self._pid = 0
            warm()  # from the cache; where none can be written, it is compiled here
            log.info("matcher ready")
        return not self._pid


def _fork() -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the parent ends this
        end_with_parent(parent, by=signal.SIGKILL)
        warm()
        status = 0
    except BaseException as error:  # noqa: BLE001 - a forked child must never return into its parent's code
        log.warning("not compiled error=%s", type(error).__name__)
    finally:
        os._exit(status)


def warm() -> None:
    """Compile the matcher, or load what was compiled, in this process."""
    from matching import fused  # noqa: PLC0415 - Numba takes its time to load, also where nothing is matched

    fused.warm()
