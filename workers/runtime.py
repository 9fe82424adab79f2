"""What a job may use: sessions, mailer, clock. The one slot that is filled once a process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from domain.database import Sessions, open_engine, open_sessions
from workers.config import WorkerConfig
from workers.held import Held
from workers.mailer import Mailer, mailer_of
from workers.models import Models


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """A process's own; tests make one of their own."""

    sessions: Sessions = field(repr=False)
    mailer: Mailer = field(repr=False)
    base_url: str
    mail_from: str
    home: Path | None = None  #: None: nothing is kept beside the database
    clock: Callable[[], datetime] = _now
    held: Held = field(default_factory=Held, repr=False)
    models: Models = field(default_factory=Models, repr=False)
    asked: threading.Event = field(default_factory=threading.Event, repr=False)  #: set: begin nothing more

    def end(self) -> None:
        """Ask the loop to begin nothing more."""
        self.asked.set()

    def close(self) -> None:
        """Close what is connected."""
        self.sessions.kw["bind"].dispose()


def open_runtime(config: WorkerConfig, *, held: Held | None = None) -> Runtime:
    """Return the runtime a configuration describes; nothing is connected yet."""
    engine = open_engine(config.database_url, hide_parameters=True)
    return Runtime(
        sessions=open_sessions(engine, config.keyring),
        mailer=mailer_of(config),
        base_url=config.base_url,
        mail_from=config.mail_from,
        home=config.home,
        held=held or Held(),
    )


_slot: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Fill the slot; a job that RQ starts finds its runtime there."""
    _slot[:] = [runtime]


def current() -> Runtime:
    """Return what was installed."""
    return _slot[0]
