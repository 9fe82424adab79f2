"""Groups led by a professional: an organizer says so, an admin looks it up, and only then is it shown (R94).

A check holds for a year. Whatever the organizer changes about it wants a new one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from domain import audit
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Facilitation, Group, ServiceKind

HOLDS = timedelta(days=365)
#: What a professional may lead here.
KINDS = (ServiceKind.GROUP_THERAPY, ServiceKind.SKILLS_TRAINING)
LENGTHS = {"name": 120, "profession": 120, "register": 280}
REASON_LENGTH = 280


@dataclass(frozen=True, kw_only=True, slots=True)
class FacilitationDraft:
    """What an organizer says: who leads the group, as what, and where that can be looked up."""

    kind: ServiceKind
    name: str
    profession: str
    register: str


def check_draft(draft: FacilitationDraft) -> None:
    """Raise `Invalid` with every problem at once."""
    problems = {
        name: f"Write 2 to {longest} letters."
        for name, longest in LENGTHS.items()
        if not 2 <= len(getattr(draft, name).strip()) <= longest
    }
    if draft.kind not in KINDS:
        problems["kind"] = "Choose one of the two."
    if problems:
        raise Invalid(problems)


def of_group(session: Session, *, group: str) -> Facilitation | None:
    """Return what was said of a group, checked or not: for its organizer and admins."""
    return session.scalar(select(Facilitation).where(Facilitation.group == group))


def ask(session: Session, *, group: str, draft: FacilitationDraft, now: datetime) -> Facilitation:
    """Ask for a check; said again unchanged, it stays as it was. Raises `Invalid`."""
    check_draft(draft)
    row = of_group(session, group=group) or Facilitation(group=group)
    said = {name: value.strip() for name, value in asdict(draft).items()}
    if row.asked_at is None or any(getattr(row, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(row, name, value)
        row.asked_at, row.verified, row.decided_at, row.reason = now, None, None, None
        session.add(row)
        session.flush()
    return row


def withdraw(session: Session, *, group: str) -> None:
    """Say no more that a professional leads the group. Safe to repeat."""
    session.execute(delete(Facilitation).where(Facilitation.group == group))


def shown(session: Session, *, group: str, now: datetime) -> Facilitation | None:
    """Return who leads the group as a professional, if an admin has found it so within a year."""
    row = of_group(session, group=group)
    return row if row is not None and _holds(row, now) else None


def _holds(row: Facilitation, now: datetime) -> bool:
    return bool(row.verified) and row.decided_at is not None and row.decided_at > now - HOLDS


def waiting(session: Session, *, now: datetime, limit: int = 100) -> list[tuple[Facilitation, Group]]:
    """Return what an admin is to look up: new, or found so more than a year ago; oldest first."""
    old = and_(Facilitation.verified.is_(True), Facilitation.decided_at <= now - HOLDS)
    rows = session.execute(
        select(Facilitation, Group)
        .join(Group, Group.id == Facilitation.group)
        .where(Group.closed_at.is_(None), or_(Facilitation.verified.is_(None), old))
        .order_by(Facilitation.asked_at, Facilitation.id)
        .limit(limit)
    )
    return [(row, group) for row, group in rows]


def named(session: Session, *, facilitation: str) -> tuple[Facilitation, Group]:
    """Return it with its group, or raise `NotFound`."""
    row = session.get(Facilitation, facilitation)
    group = session.get(Group, row.group) if row else None
    if row is None or group is None:
        raise NotFound
    return row, group


def decide(
    session: Session,
    *,
    admin: str,
    facilitation: str,
    asked_at: datetime,
    verified: bool,
    reason: str,
    now: datetime,
) -> None:
    """Note what an admin found.

    Raises `Conflict` where it was decided, or changed since ``asked_at``, meanwhile, and `Invalid`.
    """
    why = reason.strip()
    if not 1 <= len(why) <= REASON_LENGTH:
        raise Invalid({"reason": f"Say in up to {REASON_LENGTH} letters what you found."})
    row, _ = named(session, facilitation=facilitation)
    if row.asked_at != asked_at or (row.verified is not None and (not row.verified or _holds(row, now))):
        raise Conflict("This was changed or decided meanwhile. Please look at it again.")
    row.verified, row.decided_at, row.reason = verified, now, None if verified else why
    action, about = audit.Action.FACILITATOR_CHECKED, f"group:{row.group}"
    audit.record(session, actor=admin, action=action, about=about, reason=why, now=now)
    session.flush()
