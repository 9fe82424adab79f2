"""Matching settings: versions that are only ever added, one of them in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import bulk_runs, events, outbox
from domain.errors import Conflict, Invalid, NotFound
from domain.models import BulkRun, SettingsVersion
from matching.settings import MatchingSettings, SettingsError

FIRST_NOTE = "As Handrail comes."
NOTE_LENGTH = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Settings an administrator thinks of, beside those in force."""

    settings: MatchingSettings
    changes: dict[str, tuple[float, float]]  #: name to value in force and value drafted


def in_force(session: Session) -> tuple[SettingsVersion, MatchingSettings]:
    """Return the version in force; where there is none yet, version 1 with the defaults.

    A writing session adds that first version; a reading one returns it without storing it.
    """
    version = session.scalar(select(SettingsVersion).where(SettingsVersion.in_force.is_(True)))
    if version is None:
        version = _first(session)
    return version, MatchingSettings.from_json(version.body)


def _first(session: Session) -> SettingsVersion:
    now = datetime.now(UTC)
    first = SettingsVersion(
        number=1,
        body=MatchingSettings().to_json(),
        note=FIRST_NOTE,
        created_at=now,
        activated_at=now,
        in_force=True,
    )
    if session.connection().get_execution_options().get("handrail_mode") != "read":
        session.add(first)
        session.flush()
    return first


def history(session: Session) -> list[SettingsVersion]:
    """Return every version, newest first."""
    return list(session.scalars(select(SettingsVersion).order_by(SettingsVersion.number.desc())))


def draft(session: Session, *, body: Mapping[str, Any]) -> Draft:
    """Return what ``body`` would change; raises `Invalid` with a message per setting out of bounds."""
    settings = _checked(body)
    _, current = in_force(session)
    before, after = current.to_json(), settings.to_json()
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    return Draft(settings=settings, changes=changes)


def activate(
    session: Session,
    *,
    author: str | None,
    body: Mapping[str, Any],
    note: str,
    expected: int,
    now: datetime,
) -> BulkRun:
    """Put settings in force as a new version and return the bulk run that matches everybody again.

    ``author``: an account's id. ``expected``: the number that was in force on the page. Raises `Conflict`
    where another is by now, `Invalid` for values out of bounds or a missing note.
    """
    settings = _checked(body)
    reason = note.strip()
    if not reason or len(reason) > NOTE_LENGTH:
        raise Invalid({"note": f"Say in up to {NOTE_LENGTH} characters why this changes."})
    current, _ = in_force(session)
    if current.number != expected:
        raise Conflict(
            f"Version {current.number} came into force while you were looking at version {expected}. "
            "Compare the two, then decide again."
        )
    current.retired_at, current.in_force = now, None
    session.flush()  # the one in force is unique: the old one steps down first
    version = SettingsVersion(
        number=_next_number(session),
        body=settings.to_json(),
        note=reason,
        author=author,
        created_at=now,
        activated_at=now,
        in_force=True,
    )
    session.add(version)
    session.flush()
    bulk = bulk_runs.begin(session, reason="settings", now=now, settings_version=version.id)
    outbox.record(session, events.SettingsActivated(bulk=bulk.id))
    return bulk


def roll_back(
    session: Session, *, author: str | None, number: int, note: str, expected: int, now: datetime
) -> BulkRun:
    """Put a copy of an earlier version in force as a new version; history only grows."""
    earlier = session.scalar(select(SettingsVersion).where(SettingsVersion.number == number))
    if earlier is None:
        raise NotFound
    return activate(session, author=author, body=earlier.body, note=note, expected=expected, now=now)


def _checked(body: Mapping[str, Any]) -> MatchingSettings:
    try:
        return MatchingSettings.from_json(body)
    except SettingsError as error:
        raise Invalid(error.problems) from error


def _next_number(session: Session) -> int:
    return (session.scalar(select(func.max(SettingsVersion.number))) or 0) + 1
