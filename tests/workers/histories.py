"""A community whose people joined groups of their own liking, as rows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from sqlalchemy.orm import Session

from domain.models import Membership
from tests import factories
from tests.conftest import NOW

THEMES = ("board-games", "walking", "choirs")


def add_community(session: Session, *, people: int = 66, groups: int = 12) -> list[str]:
    """Add groups of three themes and people who join three of their own; return the people's ids."""
    rng = np.random.default_rng(5)
    made = []
    for number in range(groups):
        theme = THEMES[number % 3]
        group = factories.group(session, name=f"Group {number}", interests=(theme,))
        event = factories.event(
            session, group=group, title=f"{theme} {number}", interests=(theme,), online=True
        )
        factories.occurrence(session, event=event, starts_at=NOW + timedelta(days=2 + number))
        made.append(group.id)
    members = []
    for number in range(people):
        kind = number % 3
        member = factories.member(session, interests={THEMES[kind]: 1.0})
        members.append(member.id)
        own = [group for place, group in enumerate(made) if place % 3 == kind]
        for group in rng.permutation(own)[:3]:
            since = NOW - timedelta(days=float(rng.uniform(1, 300)))
            session.add(Membership(group=str(group), member=member.id, since=since))
    session.flush()
    return members
