"""An event as its form shows it, and what the form keeps of it."""

from __future__ import annotations

from typing import Any

from domain.models import Event
from domain.rhythm import Rhythm, rhythm_of
from domain.schedule import recurrence_of
from matching.inputs import SituationFeature as F
from web.forms import facts

KEEP = "keep"  #: the rhythm stays as it is, because the form cannot say it


def rhythm(event: Event) -> Rhythm | None:
    """Return how often it comes round; None: in a way the form cannot say."""
    return rhythm_of(event.rrule, recurrence_of(event).starts_local)


def stated(event: Event | None) -> dict[F, float]:
    """Return the pressure facts that its organizer stated."""
    return {F(each.feature): each.value for each in (event.facts if event else []) if not each.assumed}


def assumed(event: Event | None) -> dict[F, float]:
    """Return the pressure facts that were inferred."""
    return {F(each.feature): each.value for each in (event.facts if event else []) if each.assumed}


def as_fields(event: Event) -> dict[str, Any]:
    """Return an event as the form shows it; its exact position stays unless another is given."""
    starts_local, every, known = recurrence_of(event).starts_local, rhythm(event), stated(event)
    names = ("title", "text", "time_zone", "venue", "address", "url", "capacity", "price", "greeter")
    return {name: getattr(event, name) for name in (*names, "arriving", "leaving", "low_pressure")} | {
        "key": event.id,
        "day": starts_local.date(),
        "starts": starts_local.time(),
        "minutes": event.duration_minutes,
        "every": every.every if every else KEEP,
        "until": every.until if every else None,
        "where": "online" if event.online else "in_person",
        "town": event.locality,
        "currency": event.currency or "GBP",
        "interests": [each.interest for each in event.interests],
        "people": facts.people_of(known.get(F.GROUP_SIZE)),
        **{each.name: each.answer(known.get(each.feature)) for each in facts.QUESTIONS},
    }
