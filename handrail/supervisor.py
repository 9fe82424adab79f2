"""Programs started in order, started again when they die, and ended in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from handrail.program import Program, last_lines, start, stop

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK = 0.1  #: seconds between two looks
STARTING = 90.0  #: seconds a program is given to become ready
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  #: seconds before a program that died is started again
STEADY = 60.0  #: seconds after which an earlier death no longer counts


class NotStarted(Exception):
    """A program ended before it was ready; the message shows the end of its log."""


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    due: float | None = None  #: when to start it again, while it is down


class Supervisor:
    """Runs programs until it is told to stop; a signal, or :meth:`end`, tells it."""

    def __init__(self, programs: Sequence[Program], *, say: Callable[[str], None]) -> None:
        self._programs = programs
        self._say = say
        self._children: list[_Child] = []
        self._ending = False

    def end(self) -> None:
        """Ask :meth:`run` to stop everything and return."""
        self._ending = True

    def run(self, ready: Callable[[], None]) -> None:
        """Start all programs, call ``ready`` once they are, and keep them running until asked to end.

        Nothing runs any more when this returns or raises. Programs end in the order they were started,
        except that a foundation ends after those that stand on it.
        """
        with _stopping_on_signals(self.end):
            try:
                self._start_all()
                if not self._ending:
                    ready()
                while not self._ending:
                    self._look()
                    time.sleep(TICK)
            finally:
                self._stop_all()

    def _start_all(self) -> None:
        for program in self._programs:
            if self._ending:
                return
            self._children.append(_Child(program, start(program), time.monotonic()))
            if program.foundation:
                self._await_ready(self._children[-1])
        for child in self._children:
            self._await_ready(child)

    def _await_ready(self, child: _Child) -> None:
        deadline = time.monotonic() + STARTING
        while not self._ending and not child.program.ready():
            if child.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"{child.program.name} did not start:\n{last_lines(child.program.log)}")
            time.sleep(TICK / 4)

    def _look(self) -> None:
        for child in self._children:
            now = time.monotonic()
            if child.due is None and child.process.poll() is not None:
                self._note_death(child, now)
            elif child.due is not None and now >= child.due:
                child.process, child.started, child.due = start(child.program), now, None

    def _note_death(self, child: _Child, now: float) -> None:
        child.deaths = 1 if now - child.started > STEADY else child.deaths + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (child.deaths - 1))
        child.due = now + pause
        self._say(
            f"{child.program.name} ended by itself (status {child.process.returncode}); "
            f"it is started again in {pause:g} s. Its log: {child.program.log}"
        )

    def _stop_all(self) -> None:
        for child in sorted(self._children, key=lambda child: child.program.foundation):
            stop(child.process, patience=child.program.patience)


@contextmanager
def _stopping_on_signals(end: Callable[[], None]) -> Iterator[None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        end()

    before = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
