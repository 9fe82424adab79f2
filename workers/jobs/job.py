"""The shape of a job: look, act outside, then one transaction with everything that stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workers.runtime import Runtime


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One reaction to one kind of domain event; a batch of facts is dealt with together.

    ``prepare(runtime, facts)`` reads and computes and returns a plan. ``deliver(runtime, plan)`` has effects
    outside the database: at least once, so they must bear repeating. ``apply(session, plan, facts, now)`` has
    all other effects, for some of the facts, in the transaction that closes their messages: exactly once.
    ``give_up(session, fact, error, now)`` says so where somebody waits, once the last attempt has failed.
    """

    apply: Callable[[Session, Any, Sequence[Any], datetime], None] = _nothing
    prepare: Callable[[Runtime, Sequence[Any]], Any] = _nothing
    deliver: Callable[[Runtime, Any], None] = _nothing
    give_up: Callable[[Session, Any, BaseException, datetime], None] = _nothing


class Permanent(Exception):
    """The work cannot succeed however often it is tried; the message says why, without personal content."""
