"""Small goals from two templates, counted from what was done; part of one counts (R82, R87).

Nothing is stored about how it goes: periods are counted anew each time, so that a new one takes nothing away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.errors import Invalid, NotFound
from domain.models import Goal, Member
from domain.past import Past
from domain.wins import WinKind

LOOKED_BACK = 4  #: periods


class Template(StrEnum):
    """What a goal counts (stored as these words)."""

    NEW_CONVERSATION = "new_conversation"  #: talks with somebody new, or longer than a hello; by the week
    KNOWN_EVENT = "known_event"  #: outings to a group one has been to before; by the month


#: How often at first, and the most that can be asked of oneself.
USUAL = {Template.NEW_CONVERSATION: 1, Template.KNOWN_EVENT: 2}
HIGHEST = {Template.NEW_CONVERSATION: 7, Template.KNOWN_EVENT: 8}


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalBody:
    """What a member sets out to do, and what for."""

    template: Template
    times: int = field(repr=False)  #: in a week or in a month
    value: str | None = field(default=None, repr=False)  #: slug of what it is for (R86)

    def __post_init__(self) -> None:
        if not 1 <= self.times <= HIGHEST[self.template]:
            raise Invalid({"times": f"Choose 1 to {HIGHEST[self.template]}."})

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {"template": self.template, "times": self.times, "value": self.value}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Read a sealed goal."""
        return cls(template=Template(body["template"]), times=body["times"], value=body.get("value"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """One week or month and what was done in it."""

    first: date
    done: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalView:
    """A goal as its owner sees it."""

    id: str
    body: GoalBody
    present: Period
    earlier: tuple[Period, ...]  #: newest first, back to the goal's first whole period

    @property
    def smaller(self) -> int | None:
        """A smaller number to offer, after two periods that stayed under it; none: it fits."""
        last = self.earlier[:2]
        if len(last) < 2 or self.body.times == 1 or any(each.done >= self.body.times for each in last):
            return None
        return max(1, *(each.done for each in last))


def realistic(past: Past, template: Template, *, member: Member, now: datetime) -> int:
    """Return how often is likely to work: a little more than lately, within the weekly cap."""
    zone = ZoneInfo(member.time_zone)
    moments = _moments(past, template)
    recent = [
        _count(moments, first, template, zone) for first in _firsts(template, zone, now, LOOKED_BACK + 1)[1:]
    ]
    lately = max(USUAL[template], max(recent) + 1)
    return min(lately, 4 * member.weekly_cap) if template is Template.KNOWN_EVENT else lately


def smaller_option(past: Past, body: GoalBody, *, member: Member, now: datetime) -> GoalBody | None:
    """Return a smaller goal to offer beside one that asks much of oneself; none where it fits (R86)."""
    fits = realistic(past, body.template, member=member, now=now)
    return replace(body, times=fits) if body.times > fits else None


def set_goal(session: Session, *, member: Member, body: GoalBody, now: datetime) -> Goal:
    """Begin a goal; one of the same template takes the place of the one before."""
    for earlier in _open(session, member.id):
        if GoalBody.from_json(sealed.unseal(session, earlier)).template is body.template:
            earlier.ended_at = now
    row = Goal(member=member.id, created_at=now)
    sealed.seal(session, row, body.to_json())
    session.add(row)
    session.flush()
    return row


def put_away(session: Session, *, member: str, goal: str, now: datetime) -> None:
    """End a goal, done or not; nothing is lost by it. Safe to repeat."""
    row = own(session, member=member, goal=goal)
    row.ended_at = row.ended_at or now
    session.flush()


def make_smaller(session: Session, *, member: str, goal: str, times: int) -> None:
    """Ask less of oneself from now on."""
    row = own(session, member=member, goal=goal)
    body = GoalBody.from_json(sealed.unseal(session, row))
    if times > body.times:
        raise Invalid({"times": "That is more than before. Set it as a new goal if you like."})
    sealed.seal(session, row, replace(body, times=times).to_json())
    session.flush()


def own(session: Session, *, member: str, goal: str) -> Goal:
    """Return one's own goal; anybody else's is not there. Raises `NotFound`."""
    row = session.get(Goal, goal)
    if row is None or row.member != member:
        raise NotFound
    return row


def _open(session: Session, member: str) -> Sequence[Goal]:
    return session.scalars(
        select(Goal).where(Goal.member == member, Goal.ended_at.is_(None)).order_by(Goal.created_at, Goal.id)
    ).all()


def current(session: Session, past: Past, *, member: Member, now: datetime) -> list[GoalView]:
    """Return the goals being worked at, counted from what was done."""
    return [_view(session, row, past, member, now) for row in _open(session, member.id)]


def _view(session: Session, row: Goal, past: Past, member: Member, now: datetime) -> GoalView:
    body, zone = GoalBody.from_json(sealed.unseal(session, row)), ZoneInfo(member.time_zone)
    moments = _moments(past, body.template)
    present, *before = [
        Period(first=first, done=_count(moments, first, body.template, zone))
        for first in _firsts(body.template, zone, now, LOOKED_BACK + 1)
    ]
    began = row.created_at.astimezone(zone).date()
    earlier = tuple(each for each in before if each.first >= began)
    return GoalView(id=row.id, body=body, present=present, earlier=earlier)


def _moments(past: Past, template: Template) -> list[datetime]:
    """Return when something happened that the template counts."""
    if template is Template.NEW_CONVERSATION:
        return [win.at for win in past.wins if win.kind in {WinKind.NEW_TALK, WinKind.LONGER_TALK}]
    known: set[str] = set()
    found = []
    for each in past.attended:
        if each.group in known:
            found.append(each.at)
        known.add(each.group)
    return found


def _firsts(template: Template, zone: ZoneInfo, now: datetime, count: int) -> list[date]:
    """Return the first days of the last periods, the present one first."""
    today = now.astimezone(zone).date()
    weekly = template is Template.NEW_CONVERSATION
    first = today - timedelta(days=today.weekday()) if weekly else today.replace(day=1)
    found = [first]
    while len(found) < count:
        last = found[-1]
        found.append(last - timedelta(days=7) if weekly else (last - timedelta(days=1)).replace(day=1))
    return found


def _count(moments: Sequence[datetime], first: date, template: Template, zone: ZoneInfo) -> int:
    weekly = template is Template.NEW_CONVERSATION
    end = first + timedelta(days=7) if weekly else (first + timedelta(days=32)).replace(day=1)
    begins, ends = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, end))
    return sum(begins <= at < ends for at in moments)
