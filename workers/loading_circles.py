"""Who asked for company at an occurrence, as the matcher sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from domain import company, inclusion
from domain.models import Event, Group, Occurrence
from matching.circle_ceilings import bearable
from matching.circles import Seeker
from matching.settings import MatchingSettings
from workers.loading import load_members
from workers.loading_events import situation_at


def load_seekers(
    session: Session,
    members: Iterable[str],
    *,
    occurrence: Occurrence,
    topics: Mapping[str, frozenset[str]],
    settings: MatchingSettings,
    now: datetime,
) -> dict[str, Seeker]:
    """Return these members by id; ``topics``: the interests each lets the others see.

    All said yes to the one occurrence, so its time is one they share.
    """
    ids = sorted(members)
    event = session.get_one(Event, occurrence.event)
    group = session.get_one(Group, event.group)
    there = inclusion.met(inclusion.statement(event, group))
    situation = situation_at(session, occurrence)
    again, met = company.mutual(session, ids), company.met(session, ids)
    return {
        each.id: Seeker(
            id=each.id,
            sizes=bearable(each, situation, group=group.id, settings=settings),
            interests=topics.get(each.id, frozenset()),
            pace=float(each.pace.weekly_cap),
            newcomer=not any(each.visits.values()),
            been_before=each.visits.get(group.id, 0) > 0,
            access_met=each.preferences.access_needs <= there,
            apart=each.apart,
            again=frozenset(again.get(each.id, ())),
            met=frozenset(met.get(each.id, ())),
        )
        for each in load_members(session, ids, situations={}, now=now)
    }
