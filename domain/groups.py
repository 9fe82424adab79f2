"""Found, change and close groups; join and leave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from domain import restrictions, runs
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Group, GroupInterest, Membership
from domain.models.base import new_id
from domain.visibility import visible_to
from domain.zones import zones
from matching.inputs import Need


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupDraft:
    """What an organizer says about a group."""

    name: str
    summary: str = ""
    description: str = ""
    offers: tuple[Need, ...] = ()
    values: tuple[str, ...] = ()
    access: tuple[str, ...] = ()  #: stated as there, see `domain.inclusion`
    access_unmet: tuple[str, ...] = ()  #: stated as not there
    locality: str | None = None
    time_zone: str
    newcomer_limit: int | None = None
    greeter: str | None = None
    interests: tuple[str, ...] = ()


def check_draft(draft: GroupDraft) -> None:
    """Raise `Invalid` with every problem at once."""
    problems: dict[str, str] = {}
    if not 2 <= len(draft.name.strip()) <= 120:
        problems["name"] = "Give the group a name of 2 to 120 letters."
    if draft.time_zone not in zones():
        problems["time_zone"] = "Choose a time zone from the list."
    if draft.newcomer_limit is not None and draft.newcomer_limit < 1:
        problems["newcomer_limit"] = "Welcome at least one new person at a time, or leave it empty."
    if set(draft.access) & set(draft.access_unmet):
        problems["access"] = "Something is either there or not there."
    if problems:
        raise Invalid(problems)


def found(
    session: Session,
    *,
    organizer: str | None,
    draft: GroupDraft,
    now: datetime,
    source: str | None = None,
    identity: str | None = None,
) -> Group:
    """Found a group; one sent twice, under the same ``identity``, is founded once. Raises `Invalid`."""
    check_draft(draft)
    known = session.get(Group, identity) if identity else None
    if known is not None:
        if known.organizer != organizer:
            raise Conflict("This form was sent before. Please begin a new one.")
        return known
    group = Group(id=identity or new_id(), organizer=organizer, created_at=now, source=source)
    _write(group, draft)
    session.add(group)
    session.flush()
    return group


def change(session: Session, *, group: Group, draft: GroupDraft) -> Group:
    """Change what is said about a group. Raises `Invalid`."""
    check_draft(draft)
    group.interests.clear()
    session.flush()
    _write(group, draft)
    session.flush()
    return group


def _write(group: Group, draft: GroupDraft) -> None:
    group.name = draft.name.strip()
    group.summary = draft.summary.strip()[:280]
    group.offers = [need.value for need in draft.offers]
    group.values = list(draft.values)
    group.access, group.access_unmet = list(draft.access), list(draft.access_unmet)
    for name in ["description", "locality", "time_zone", "newcomer_limit", "greeter"]:
        setattr(group, name, getattr(draft, name))
    group.interests = [GroupInterest(interest=slug) for slug in dict.fromkeys(draft.interests)]


def close(session: Session, *, group: Group, now: datetime) -> None:
    """Close a group: it is no longer shown or suggested; its history stays. Safe to repeat."""
    group.closed_at = group.closed_at or now
    session.flush()


def get_open(session: Session, *, viewer: str | None, group: str) -> Group:
    """Return a group that this person may see, or raise `NotFound`.

    A group whose organizer has blocked the viewer, or is blocked by them, is not there for them.
    """
    found = session.get(Group, group)
    if found is None or found.closed_at is not None:
        raise NotFound
    seen = select(exists().where(Group.id == group, visible_to(viewer, Group.organizer)))  # type: ignore[arg-type]
    if found.organizer is not None and not session.scalar(seen):
        raise NotFound
    return found


def named(session: Session, *, group: str) -> Group:
    """Return a group by id, also one that somebody no longer sees, or raise `NotFound`."""
    found = session.get(Group, group)
    if found is None:
        raise NotFound
    return found


def membership(session: Session, *, member: str, group: str) -> Membership | None:
    """Return the open membership, if there is one."""
    return session.scalar(
        select(Membership).where(
            Membership.group == group, Membership.member == member, Membership.left_at.is_(None)
        )
    )


def join(session: Session, *, member: str, group: str, now: datetime, name_shown: bool = False) -> Membership:
    """Join a group; joining twice is one membership. ``name_shown``: the member's own consent."""
    get_open(session, viewer=member, group=group)
    if restrictions.kept_out(session, member=member, group=group):
        raise Conflict("This group takes nobody new just now. You can look for another.")
    row = membership(session, member=member, group=group)
    if row is None:
        row = Membership(group=group, member=member, since=now)
        session.add(row)
    row.name_shown = name_shown
    session.flush()
    runs.request(session, member=member, reason="joined", now=now)
    return row


def leave(session: Session, *, member: str, group: str, now: datetime) -> None:
    """Leave a group, without a reason and without a trace for the others. Safe to repeat."""
    row = membership(session, member=member, group=group)
    if row is not None:
        row.left_at = now
        session.flush()
        runs.request(session, member=member, reason="left", now=now)


def size(session: Session, *, viewer: str | None, group: str) -> int:
    """Return how many members the viewer can see: a count must not tell what a list would not."""
    count = select(func.count()).where(
        Membership.group == group, Membership.left_at.is_(None), visible_to(viewer, Membership.member)
    )
    return session.scalar(count) or 0


def run_by(session: Session, *, organizer: str) -> list[Group]:
    """Return the groups a person organizes, by name."""
    return list(session.scalars(select(Group).where(Group.organizer == organizer).order_by(Group.name)))
