"""Supporters: a friend or therapist sees chosen parts until a chosen date, and each look is listed.

What a supporter is shown and what the member previews comes from one function, `see`. It never holds other
people, groups, places or dates of outings.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import audit, goals, ladders, past, reflections, sealed
from domain.audit import Action
from domain.errors import Conflict, Invalid, NotFound
from domain.goals import GoalView
from domain.ladder_records import RungState
from domain.models import Account, Member, Support, SupportReading

USUAL = timedelta(days=90)
LONGEST = timedelta(days=365)
INVITATION = timedelta(days=14)
#: One look lasts this long; the next one is listed anew.
LOOK = timedelta(minutes=15)
MOST = 5
LONGEST_NAME = 60


class Item(StrEnum):
    """What may be shown (stored as these words)."""

    LADDER = "ladder"
    PROGRESS = "progress"
    GOALS = "goals"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """A new grant and, once, the words of its link."""

    support: Support
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a ladder, as a supporter sees it."""

    label: str = field(repr=False)
    state: RungState | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How it has gone, in counts; no names, no dates."""

    outings: int  #: looked back on, gone to
    easier: int  #: felt easier than expected
    small_wins: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Everything a supporter sees; a part that was not chosen is None."""

    name: str  #: of the member
    ladder: tuple[Step, ...] | None = field(repr=False)
    progress: Progress | None = field(repr=False)
    goals: tuple[GoalView, ...] | None = field(repr=False)  #: without earlier weeks and months


def invite(
    session: Session,
    *,
    member: str,
    name: str,
    items: Sequence[Item],
    until: datetime,
    may_propose: bool,
    now: datetime,
) -> Invitation:
    """Offer somebody a look; nothing is seen until they accept. Raises `Invalid`, `Conflict`."""
    _check(name, items, until, now)
    if len([each for each in of_member(session, member=member) if is_in_force(each, now=now)]) >= MOST:
        raise Conflict(f"You have {MOST} supporters. End one of them first.")
    token = secrets.token_urlsafe(32)
    row = Support(
        member=member,
        items=sorted(set(items)),
        may_propose=may_propose,
        token=_hash(token),
        created_at=now,
        until=until,
    )
    sealed.seal(session, row, {"name": name.strip()})
    session.add(row)
    session.flush()
    _note(session, row, Action.SUPPORT_GIVEN, "Given by its owner.", now)
    return Invitation(support=row, token=token)


def _check(name: str, items: Sequence[Item], until: datetime, now: datetime) -> None:
    problems: dict[str, str] = {}
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        problems["name"] = "Say in up to 60 letters whom this is for."
    if not items:
        problems["items"] = "Choose at least one thing to show."
    if not now < until <= now + LONGEST:
        problems["until"] = "Choose a day within the coming year."
    if problems:
        raise Invalid(problems)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _note(session: Session, row: Support, action: Action, why: str, now: datetime) -> None:
    about = f"support:{row.id}"
    audit.record(session, actor=row.member, action=action, about=about, reason=why, now=now)


def find(session: Session, *, token: str, account: str, now: datetime) -> Support:
    """Return the grant an invitation's link belongs to; raises `NotFound` once used, ended or too old."""
    row = session.scalar(select(Support).where(Support.token == _hash(token)))
    if row is None or row.revoked_at or row.created_at + INVITATION <= now or row.until <= now:
        raise NotFound("This invitation has been used, or it is too old. Ask for a new one.")
    if row.member == account:
        raise Conflict("This is your own invitation. Send the link to whom it is for.")
    return row


def accept(session: Session, *, token: str, account: str, now: datetime) -> Support:
    """Take an invitation up, once; the link is of no use afterwards."""
    row = find(session, token=token, account=account, now=now)
    row.supporter, row.accepted_at, row.token = account, now, None
    session.flush()
    return row


def is_in_force(row: Support, *, now: datetime) -> bool:
    """Return whether a grant has neither ended nor been taken back."""
    return row.revoked_at is None and row.until > now


def of_member(session: Session, *, member: str) -> list[Support]:
    """Return a member's grants, newest first."""
    return list(session.scalars(select(Support).where(Support.member == member).order_by(Support.id.desc())))


def own(session: Session, *, member: str, support: str) -> Support:
    """Return one of a member's own grants; raises `NotFound`."""
    row = session.get(Support, support)
    if row is None or row.member != member:
        raise NotFound
    return row


def name_of(session: Session, row: Support) -> str:
    """Return what the member calls the supporter."""
    name: str = sealed.unseal(session, row).get("name", "")
    return name


def revoke(session: Session, *, member: str, support: str, now: datetime) -> None:
    """Take a grant back, at once. Safe to repeat."""
    row = own(session, member=member, support=support)
    if row.revoked_at is None:
        row.revoked_at, row.token = now, None
        _note(session, row, Action.SUPPORT_REVOKED, "Taken back by its owner.", now)
        session.flush()


def of_supporter(session: Session, *, supporter: str, now: datetime) -> list[tuple[Support, str]]:
    """Return the grants somebody may use today, each with the member's name."""
    granted = select(Support, Member.display_name).join(Member, Member.id == Support.member)
    of_the_open = granted.join(Account, Account.id == Support.member).where(Account.active)
    rows = session.execute(of_the_open.where(Support.supporter == supporter).order_by(Support.id))
    return [(row, name) for row, name in rows if is_in_force(row, now=now)]


def _member_name(session: Session, row: Support) -> str | None:
    """Return the member's name; None while they are leaving or shut out."""
    account = session.get_one(Account, row.member)
    if not account.active:
        return None
    return session.get_one(Member, row.member).display_name


def granted(session: Session, *, supporter: str, support: str, now: datetime) -> Support:
    """Return a grant this supporter may use now; raises `NotFound` for any other."""
    row = session.get(Support, support)
    if row is None or row.supporter != supporter or not is_in_force(row, now=now):
        raise NotFound
    if _member_name(session, row) is None:
        raise NotFound
    return row


def begin_look(session: Session, *, supporter: str, support: str, now: datetime) -> Support:
    """Note that a supporter looks, where the member reads it; the look lasts a quarter of an hour."""
    row = granted(session, supporter=supporter, support=support, now=now)
    session.add(SupportReading(support=row.id, member=row.member, read_at=now))
    session.flush()
    return row


def looking(session: Session, *, row: Support, now: datetime) -> bool:
    """Return whether a look that was noted still lasts."""
    latest = readings(session, row=row)[:1]
    return bool(latest) and latest[0] > now - LOOK


def readings(session: Session, *, row: Support) -> list[datetime]:
    """Return when the supporter looked, newest first."""
    found = select(SupportReading.read_at).where(SupportReading.support == row.id)
    return list(session.scalars(found.order_by(SupportReading.read_at.desc())))


def last_looked(session: Session, *, rows: Sequence[Support]) -> dict[str, datetime]:
    """Return when the supporter of each grant looked last, by grant; those who did not are left out."""
    found = select(SupportReading.support, func.max(SupportReading.read_at)).group_by(SupportReading.support)
    looked = session.execute(found.where(SupportReading.support.in_([row.id for row in rows])))
    return {support: at for support, at in looked}  # noqa: C416 - rows are not plain tuples


def see(session: Session, *, row: Support, now: datetime) -> Seen:
    """Return what this grant shows now: to the supporter, and to the member who previews it."""
    return Seen(
        name=_member_name(session, row) or "",
        ladder=_ladder(session, row.member) if Item.LADDER in row.items else None,
        progress=_progress(session, row.member) if Item.PROGRESS in row.items else None,
        goals=_goals(session, row.member, now) if Item.GOALS in row.items else None,
    )


def _ladder(session: Session, member: str) -> tuple[Step, ...]:
    view = ladders.current(session, member=member)
    return tuple(Step(label=each.label, state=each.state) for each in view.rungs) if view else ()


def _progress(session: Session, member: str) -> Progress:
    went = [each.body for each in reflections.recollect(session, member=member) if each.body.attended]
    return Progress(
        outings=len(went),
        easier=sum((each.surprise or 0) > 0 for each in went),
        small_wins=sum(len(each.small_wins) + bool(each.own_win) for each in went),
    )


def _goals(session: Session, member: str, now: datetime) -> tuple[GoalView, ...]:
    owner = session.get_one(Member, member)
    found = goals.current(session, past.of(session, member=member), member=owner, now=now)
    return tuple(replace(each, earlier=()) for each in found)
