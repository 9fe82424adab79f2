"""What members will see of an event, before it is posted; and what its organizer stated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from domain.models import Event, Group
from matching.inputs import SituationFeature as F
from web import filters, rhythm_words
from web.forms import facts
from web.forms.event_rows import KEEP
from web.forms.events import EventForm

Fact = dict[str, Any]


def shown(form: EventForm, group: Group) -> dict[str, Any]:
    """Return the answers of a valid form as members read them."""
    draft = form.draft()
    when = (
        rhythm_words.of_event(form.before)
        if form.every.data == KEEP and form.before is not None
        else rhythm_words.say(form.rhythm, draft.starts_local)
    )
    return {
        "title": draft.title,
        "text": draft.text,
        "when": when,
        "time_zone": draft.time_zone.replace("/", ", ").replace("_", " "),
        "group": group.name,
        "low_pressure": draft.low_pressure,
        "after_yes": draft.address,
        "facts": [
            _fact(_("Where"), _("Online") if draft.online else _joined(draft.venue, draft.locality)),
            _fact(_("How long"), filters.duration_words(draft.duration_minutes)),
            _fact(_("Cost"), filters.money(draft.price, draft.currency)),
            _fact(_("Places"), str(draft.capacity) if draft.capacity else _("No limit")),
            _fact(_("Who greets you"), draft.greeter or group.greeter),
            _fact(_("Arriving"), draft.arriving),
            _fact(_("Leaving early"), draft.leaving),
        ],
        "pressure": _answers(draft.facts),
    }


def facts_of(event: Event) -> list[Fact]:
    """Return what an organizer stated about what an event is like."""
    return _answers({F(each.feature): each.value for each in event.facts if not each.assumed})


def _answers(stated: Mapping[F, float]) -> list[Fact]:
    people = facts.people_of(stated.get(F.GROUP_SIZE))
    return [
        _fact(_("How many people usually come, with you?"), _("About %(n)s", n=people) if people else None),
        *(
            _fact(str(each.asks), str(each.words(each.answer(stated.get(each.feature)))))
            for each in facts.QUESTIONS
        ),
    ]


def _fact(term: str, text: str | None) -> Fact:
    return {"term": term, "text": text or _("Not stated")}


def _joined(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None
