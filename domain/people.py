"""The people one may speak of: who runs a group, and who of it agreed to be named to it.

A person is named by what they are met through, a group or a membership, never by the id of their account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from domain import groups
from domain.errors import NotFound
from domain.models import Consent, ConsentPurpose, Group, Member, Membership
from domain.visibility import visible_to

FORMER = "a former member"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """Somebody as the viewer knows them."""

    account: str = field(repr=False)
    group: str
    label: str  #: the name they show, or what they are in the group
    membership: str | None = None  #: none: they run the group


def organizer_of(session: Session, *, viewer: str, group: str) -> Mention:
    """Return who runs a group the viewer can see; raises `NotFound`, also for a listing nobody here runs."""
    found = groups.get_open(session, viewer=viewer, group=group)
    if found.organizer is None or found.organizer == viewer:
        raise NotFound
    return Mention(account=found.organizer, group=group, label=f"The person who runs “{found.name}”")


def of_group(session: Session, *, viewer: str, group: str) -> list[Mention]:
    """Return the named people of a group the viewer belongs to or runs, by name; raises `NotFound`."""
    _check_belongs(session, viewer, group)
    return [_mention(row) for row in session.execute(_named(viewer).where(Membership.group == group))]


def fellow(session: Session, *, viewer: str, membership: str) -> Mention:
    """Return one of them by their membership; raises `NotFound` for anybody the viewer cannot see there."""
    row = session.execute(_named(viewer).where(Membership.id == membership)).one_or_none()
    if row is None:
        raise NotFound
    _check_belongs(session, viewer, row.group)
    return _mention(row)


def _mention(row: Any) -> Mention:
    return Mention(
        account=row.member,
        group=row.group,
        label=row.display_name,
        membership=row.id,
    )


def _named(viewer: str) -> Any:
    return (
        select(Membership.id, Membership.member, Membership.group, Member.display_name)
        .join(Member, Member.id == Membership.member)
        .where(
            Membership.left_at.is_(None),
            Membership.member != viewer,
            visible_to(viewer, Membership.member),
            agreed_to_be_named(),
        )
        .order_by(Member.display_name, Membership.id)
    )


def agreed_to_be_named() -> ColumnElement[bool]:
    """Return the condition that a membership's member agreed to be named: here, or to every group."""
    everywhere = exists().where(
        Consent.account == Membership.member,
        Consent.purpose == ConsentPurpose.GROUP_VISIBILITY,
        Consent.withdrawn_at.is_(None),
    )
    return or_(Membership.name_shown.is_(True), everywhere)


def _check_belongs(session: Session, viewer: str, group: str) -> None:
    found: Group = groups.get_open(session, viewer=viewer, group=group)
    if found.organizer != viewer and groups.membership(session, member=viewer, group=group) is None:
        raise NotFound
