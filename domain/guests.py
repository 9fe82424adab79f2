"""Who comes to an occurrence, as far as its organizer may know: counts, and names by consent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from domain.models import (
    Consent,
    ConsentPurpose,
    FormerGuests,
    Group,
    Member,
    Membership,
    Occurrence,
    Rsvp,
    RsvpStatus,
)
from domain.visibility import visible_to


@dataclass(frozen=True, kw_only=True, slots=True)
class Guests:
    """One occurrence's answers. Nobody the viewer cannot see is counted."""

    yes: int = 0
    maybe: int = 0
    waiting: int = 0
    names: tuple[str, ...] = ()  #: of those coming who agreed to be named to the group
    former: int = 0  #: of ``yes``, those whose accounts have been erased since

    @property
    def others(self) -> int:
        """Return how many come unnamed."""
        return self.yes - len(self.names) - self.former


def coming(
    session: Session, *, viewer: str, group: Group, occurrences: Sequence[Occurrence]
) -> dict[str, Guests]:
    """Return the guests of each occurrence, by its id, in one query.

    Somebody is named only to a group they belong to, and only with a consent that stands: given for this
    group, or for every group they join.
    """
    rows = session.execute(
        select(Rsvp.occurrence, Rsvp.status, Member.display_name, may_be_named(group).label("named"))
        .join(Member, Member.id == Rsvp.member)
        .where(
            Rsvp.occurrence.in_([each.id for each in occurrences]),
            Rsvp.status != RsvpStatus.NO,
            visible_to(viewer, Rsvp.member),
        )
        .order_by(Member.display_name, Member.id)
    ).all()
    counts = Counter((row.occurrence, row.status) for row in rows)
    former = _former(session, occurrences)
    return {
        each.id: Guests(
            yes=counts[each.id, RsvpStatus.YES] + former.get(each.id, 0),
            former=former.get(each.id, 0),
            maybe=counts[each.id, RsvpStatus.MAYBE],
            waiting=counts[each.id, RsvpStatus.WAITING],
            names=tuple(
                row.display_name
                for row in rows
                if row.occurrence == each.id and row.named and row.status == RsvpStatus.YES
            ),
        )
        for each in occurrences
    }


def _former(session: Session, occurrences: Sequence[Occurrence]) -> dict[str, int]:
    rows = session.scalars(
        select(FormerGuests).where(FormerGuests.occurrence.in_([each.id for each in occurrences]))
    )
    return {row.occurrence: row.number for row in rows}


def may_be_named(group: Group) -> ColumnElement[bool]:
    """Return the condition that whoever an `Rsvp` is of agreed to be named to the group."""
    agreed = exists().where(
        Consent.account == Membership.member,  # of the row around it: a farther one would not be correlated
        Consent.purpose == ConsentPurpose.GROUP_VISIBILITY,
        Consent.withdrawn_at.is_(None),
    )
    return exists().where(
        Membership.group == group.id,
        Membership.member == Rsvp.member,
        Membership.left_at.is_(None),
        or_(Membership.name_shown.is_(True), agreed),
    )
