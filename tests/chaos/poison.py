"""Messages that cannot succeed: one raises, one kills its process; and those that wait behind them."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain import events
from domain.events import DomainEvent
from workers.jobs.job import Job
from workers.runtime import Runtime
from workers.subscriptions import SUBSCRIPTIONS, Subscription


@dataclass(frozen=True, kw_only=True)
class _OfDose(DomainEvent):
    dose: str

    @property
    def aggregate(self) -> str:
        return f"dose:{self.dose}"


@dataclass(frozen=True, kw_only=True)
class RaisingSwallowed(_OfDose):
    """Its job raises."""


@dataclass(frozen=True, kw_only=True)
class KillingSwallowed(_OfDose):
    """Its job kills the process it runs in."""


@dataclass(frozen=True, kw_only=True)
class HarmlessSwallowed(_OfDose):
    """Its job does nothing; behind a poisonous one it must never run."""


def _raise(_runtime: Runtime, _facts: Sequence[Any]) -> None:
    raise RuntimeError("poison")


def _kill(_runtime: Runtime, _facts: Sequence[Any]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def install() -> None:
    """Teach this process what to do with them."""
    jobs = {
        RaisingSwallowed: Job(prepare=_raise),
        KillingSwallowed: Job(prepare=_kill),
        HarmlessSwallowed: Job(),
    }
    for kind, job in jobs.items():
        events.KINDS[kind.kind()] = kind
        SUBSCRIPTIONS[kind.kind()] = Subscription(job=job)
