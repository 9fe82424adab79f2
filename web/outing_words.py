"""An outing's facts in words: what takes pressure off, stated or assumed, for cards and pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from domain.listings.interests import INTERESTS
from domain.models import Event, Group, Occurrence
from matching.inputs import SituationFeature as F
from web import filters

LABELS: dict[str, str] = {each.slug: each.label for each in INTERESTS}
#: A value, 0 easy to 1 hard, takes the first words whose bound it does not reach.
TALKING = (
    (0.15, _l("None needed")),
    (0.45, _l("A little, if you like")),
    (0.7, _l("Some")),
    (2, _l("A lot")),
)
NOISE = ((0.25, _l("Quiet")), (0.55, _l("Some noise around you")), (2, _l("Lively and loud")))
LEAVING = (
    (0.25, _l("Any time, and nobody minds")),
    (0.55, _l("Fine at a pause. A wave is enough")),
    (2, _l("Not so easy half-way. Ask at the start")),
)
#: How hard an outing is expected to feel, 0-100: marks out of five.
LEVELS = (20, 35, 50, 65)


def card(occurrence: Occurrence, event: Event, group: Group) -> dict[str, Any]:
    """Return what the card macros show; the exact place is left out."""
    told, assumed = _from_facts(event)
    facts: dict[str, Any] = {
        "where": where(event, group),
        "duration": filters.duration_words(_length(occurrence) / timedelta(minutes=1)),
        "cost": _cost(event),
        "step_free": _step_free(event, group),
        "greeter": event.greeter or group.greeter or _("Not stated"),
        "leave_early": event.leaving or told.get("leave_early") or _("Not stated"),
        "group_size": told.get("group_size") or _("Not stated"),
        "talking": told.get("talking") or _("Not stated"),
        "noise": told.get("noise") or _("Not stated"),
    }
    if event.leaving:
        assumed.discard("leave_early")
    return facts | {
        "id": occurrence.id,
        "title": event.title,
        "when": when_words(occurrence, event),
        "group": group.name,
        "group_href": url_for("groups.page", group=group.id),
        "href": url_for("events.page", occurrence=occurrence.id),
        "assumed": assumed,
    }


def where(event: Event, group: Group) -> str:
    """Return the town at most."""
    if event.online:
        return str(_("Online"))
    return event.locality or group.locality or str(_("Place not stated yet"))


def _length(occurrence: Occurrence) -> timedelta:
    return occurrence.ends_at - occurrence.starts_at


def _from_facts(event: Event) -> tuple[dict[str, str], set[str]]:
    """Return what the event's pressure facts say, and which of them nobody stated."""
    facts = {fact.feature: fact for fact in event.facts}
    told: dict[str, str] = {}
    assumed: set[str] = set()
    for feature, name, say in (
        (F.GROUP_SIZE, "group_size", _people),
        (F.TALKING, "talking", lambda value: _worded(value, TALKING)),
        (F.SENSORY_LOAD, "noise", lambda value: _worded(value, NOISE)),
        (F.HARD_TO_LEAVE, "leave_early", lambda value: _worded(value, LEAVING)),
    ):
        fact = facts.get(feature)
        if fact is not None:
            told[name] = say(fact.value)
            if fact.assumed:
                assumed.add(name)
    return told, assumed


def _worded(value: float, words: tuple[tuple[float, Any], ...]) -> str:
    return str(next(word for bound, word in words if value < bound))


def _people(value: float) -> str:
    """Return about how many others come; the inverse of the coding of `SituationFeature.GROUP_SIZE`."""
    others = round(2 ** (5 * value))
    if value >= 1:
        return str(_("More than 30 people"))
    return str(ngettext("You and one other person", "About %(num)s others", others))


def _cost(event: Event) -> str:
    return str(_("Not stated")) if event.price is None else filters.money(event.price, event.currency)


def _step_free(event: Event, group: Group) -> str:
    if event.online:
        return str(_("From wherever you are"))
    if "step_free" in group.access_unmet:
        return str(_("Not step-free"))
    return str(_("Step-free") if "step_free" in group.access else _("Step-free: not stated"))


def when_words(occurrence: Occurrence, event: Event) -> str:
    """Return when it is in the member's zone, and on the spot where the clocks there differ."""
    said = filters.when(occurrence, filters.own_zone())
    if not clocks_differ(occurrence, event):
        return said
    local = filters.clock_time(occurrence.starts_at, ZoneInfo(event.time_zone))
    return str(_("%(when)s your time (%(local)s there)", when=said, local=local))


def clocks_differ(occurrence: Occurrence, event: Event) -> bool:
    """Return whether the member's clock shows another time than the one on the spot."""
    own, there = filters.own_zone(), ZoneInfo(event.time_zone)
    start = occurrence.starts_at
    return start.astimezone(there).utcoffset() != start.astimezone(own).utcoffset()


def pressure(anticipated: float | None) -> dict[str, Any]:
    """Return how it may feel for the member, in words and as marks out of five."""
    if anticipated is None:
        return {"pressure": filters.suds_words(None), "pressure_level": None}
    level = 1 + sum(anticipated >= bound for bound in LEVELS)
    return {
        "pressure": _("May feel %(words)s", words=filters.suds_words(anticipated)),
        "pressure_level": level,
    }


def interest_words(slugs: Sequence[str]) -> str:
    """Return interests as one would say them: "walking, nature and board games"."""
    said = [_lowered(LABELS.get(slug, slug.replace("-", " "))) for slug in slugs]
    if len(said) < 2:
        return "".join(said)
    return str(_("%(first)s and %(last)s", first=", ".join(said[:-1]), last=said[-1]))


def _lowered(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
