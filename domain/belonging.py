"""How welcome people felt in a group, added up: of many together or not at all (R80).

What somebody said stands in their own sealed reflection. Beside it a group has one total a quarter, sealed
under a key of its own: how many answers, and their sum. That a member was counted stands in their reflection
too, so no row says who is in a total, and nothing of it is left of who goes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import consent, sealed
from domain.models import BelongingTotal, ConsentPurpose, Event, Group, Occurrence, Reflection

#: People whose answers a quarter needs before anything is made of it: with fewer, somebody who knows the
#: others could work out who said what. No setting, so that nobody can lower it.
FEWEST = 5
#: Quarters an answer counts, the older the less.
KEPT = 4
#: From this mean of 0 to 1 on a group is told apart from the middle, and what each of the three is told as.
#: Never nearer, so that one more answer cannot be read off what changes.
_BELOW, _ABOVE = 0.4, 0.7
LOW, MIDDLE, HIGH = 0.25, 0.5, 0.75


class Welcome(StrEnum):
    """How welcome one felt (stored as these words)."""

    YES = "yes"
    MOSTLY = "mostly"
    NOT_QUITE = "not_quite"
    NO = "no"


_POINTS = {Welcome.YES: 3, Welcome.MOSTLY: 2, Welcome.NOT_QUITE: 1, Welcome.NO: 0}
_MOST = max(_POINTS.values())


def asked_of(session: Session, *, member: str, group: Group) -> bool:
    """Return whether an answer would count: the member agrees, and does not run the group."""
    agrees = consent.has(session, account=member, purpose=ConsentPurpose.COMFORT)
    return agrees and group.organizer != member


def count(session: Session, *, member: str, group: str, answer: Welcome, now: datetime) -> bool:
    """Add an answer to its group's total, once a member and quarter; return whether it was."""
    if not asked_of(session, member=member, group=session.get_one(Group, group)):
        return False
    total = _locked(session, group, _quarter(now))
    if _counted(session, member, group, now):
        return False
    body = sealed.unseal(session, total)
    added = {"answers": body.get("answers", 0) + 1, "points": body.get("points", 0) + _POINTS[answer]}
    sealed.seal(session, total, added)
    session.flush()
    return True


def of_groups(session: Session, groups: Any, *, now: datetime) -> dict[str, float]:
    """Return `LOW`, `MIDDLE` or `HIGH` by group, for those of the groups with enough answers.

    ``groups``: ids, or a query of them.
    """
    quarter = _quarter(now)
    wanted = select(BelongingTotal).where(
        BelongingTotal.group.in_(groups), BelongingTotal.quarter.between(quarter - KEPT + 1, quarter)
    )
    rows = session.scalars(wanted.order_by(BelongingTotal.group, BelongingTotal.quarter)).all()
    sealed.open_keys(session, [row.id for row in rows])
    sums: dict[str, tuple[float, float]] = {}
    for row in rows:
        body = sealed.unseal(session, row)
        if body.get("answers", 0) >= FEWEST:
            share = 1 - (quarter - row.quarter) / KEPT
            points, most = sums.get(row.group, (0.0, 0.0))
            sums[row.group] = (points + share * body["points"], most + share * body["answers"] * _MOST)
    return {group: _coarse(points / most) for group, (points, most) in sums.items()}


def at_home(session: Session, *, group: str, now: datetime) -> bool:
    """Return whether enough people said so, and most felt welcome: all that anybody is ever told."""
    return of_groups(session, [group], now=now).get(group) == HIGH


def prune(session: Session, *, now: datetime) -> None:
    """Remove totals that count no more, with their keys."""
    old = BelongingTotal.quarter <= _quarter(now) - KEPT
    for total in session.scalars(select(BelongingTotal.id).where(old)).all():
        sealed.forget(session, total)
    session.execute(delete(BelongingTotal).where(old).execution_options(synchronize_session=False))


def _coarse(mean: float) -> float:
    return LOW if mean < _BELOW else MIDDLE if mean < _ABOVE else HIGH


def _quarter(now: datetime) -> int:
    """Return the number of the quarter of a year, UTC."""
    day = now.astimezone(UTC)
    return day.year * 4 + (day.month - 1) // 3


def _began(now: datetime) -> datetime:
    year, quarter = divmod(_quarter(now), 4)
    return datetime(year, quarter * 3 + 1, 1, tzinfo=UTC)


def _locked(session: Session, group: str, quarter: int) -> BelongingTotal:
    """Return the group's total; whoever else would count, the member among them, waits."""
    wanted = (
        select(BelongingTotal)
        .where(BelongingTotal.group == group, BelongingTotal.quarter == quarter)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalar(wanted)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(BelongingTotal(group=group, quarter=quarter))
            session.flush()
    except IntegrityError:  # somebody else was first at this moment
        pass
    return session.scalars(wanted).one()


def _counted(session: Session, member: str, group: str, now: datetime) -> bool:
    """Return whether the member is in this quarter's total: their own reflections say so."""
    own = (
        select(Reflection)
        .join(Occurrence, Occurrence.id == Reflection.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .where(Reflection.member == member, Event.group == group, Reflection.created_at >= _began(now))
    )
    return any(sealed.unseal(session, row).get("counted") for row in session.scalars(own))
