"""Looking around: what is on, day by day, and one occurrence with all that takes pressure off."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from domain import agenda, facilitation, rsvps, tasks
from domain.agenda import Entry
from domain.models import RsvpStatus
from web import clock, directory_words, event_wishes, filters, inclusion_words, outing_words
from web.auth import Audience, audience, current_member
from web.config import WebConfig
from web.db import db
from web.forms.choices import ACCESS
from web.prose import prose

bp = Blueprint("events", __name__)

#: What a list says of an event; its page says the rest.
LISTED = (
    "id",
    "title",
    "href",
    "when",
    "group",
    "answer",
    "where",
    "group_size",
    "talking",
    "cost",
    "assumed",
    "missing",
)
ANSWERS = {
    RsvpStatus.YES: _l("You said yes"),
    RsvpStatus.WAITING: _l("You are on the waiting list"),
    RsvpStatus.MAYBE: _l("You said maybe"),
}


@bp.get("/events/")
@audience(Audience.MEMBER)
def index() -> str:
    chosen = event_wishes.chosen()
    page = agenda.look(
        db.session(),
        member=current_member().id,
        wish=event_wishes.wish(chosen, **event_wishes.span(chosen)),
        now=clock.now(),
        page=request.args.get("page", 1, type=int),
    )
    zone = filters.own_zone()
    needs = inclusion_words.asked_for()
    days = groupby(page.entries, key=lambda entry: entry.occurrence.starts_at.astimezone(zone).date())
    return render_template(
        "events/index.html",
        days=[(date, _day(list(entries), needs)) for date, entries in days],
        page=page,
        chosen=chosen,
        interests=outing_words.LABELS,
        places=event_wishes.where(),
        needs=ACCESS,
        needed=url_for("events.index", **event_wishes.asking_for(needs)) if needs else None,
    )


def _day(entries: list[Entry], needs: tuple[str, ...]) -> dict[str, Any]:
    cards = [_card(each, needs) for each in entries]
    return {
        "words": filters.day(entries[0].occurrence.starts_at),
        "cards": [{name: card[name] for name in LISTED} for card in cards],
    }


def _card(entry: Entry, needs: tuple[str, ...]) -> dict[str, Any]:
    answer = ANSWERS.get(RsvpStatus(entry.answer.status)) if entry.answer else None
    return outing_words.card(entry.occurrence, entry.event, entry.group) | {
        "answer": answer,
        "missing": inclusion_words.missing(entry.event, entry.group, needs),
    }


@bp.get("/occurrences/<occurrence>")
@audience(Audience.MEMBER)
def page(occurrence: str) -> str:
    """Show one occurrence; the exact place comes with a yes, and who else comes is nobody's to see."""
    member, now = current_member().id, clock.now()
    entry = agenda.one(db.session(), member=member, occurrence=occurrence)
    needs = inclusion_words.asked_for()
    others = agenda.of_group(db.session(), member=member, group=entry.group.id, now=now, limit=4)
    return render_template(
        "events/page.html",
        entry=entry,
        card=_card(entry, needs),
        checklist=inclusion_words.of_event(entry.event, entry.group, needs),
        elsewhere=outing_words.clocks_differ(entry.occurrence, entry.event),
        begun=entry.occurrence.starts_at <= now,
        going=entry.answer is not None and entry.answer.status == RsvpStatus.YES,
        offered=rsvps.place_offered(db.session(), member=member, occurrence=entry.occurrence),
        tasks=tasks.of_event(db.session(), event=entry.event.id),
        text=prose(entry.event.text),
        led=facilitation.shown(db.session(), group=entry.group.id, now=now),
        kinds=directory_words.KINDS,
        others=[each for each in others if each.occurrence.id != occurrence][:3],
        linked_data=_linked_data(entry),
    )


def _linked_data(entry: Entry) -> Markup:
    """Return the occurrence as schema.org JSON-LD, with the town at most; safe inside a script element."""
    event, occurrence = entry.event, entry.occurrence
    config: WebConfig = current_app.extensions["handrail_config"]
    place: dict[str, Any] = {"@type": "Place", "name": event.locality or entry.group.locality or ""}
    mode = "Online" if event.online else "Offline"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "startDate": occurrence.starts_at.isoformat(),
        "endDate": occurrence.ends_at.isoformat(),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if occurrence.cancelled_at else 'Scheduled'}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": {"@type": "VirtualLocation"} if event.online else place,
        "organizer": {"@type": "Organization", "name": entry.group.name},
        "url": config.base_url + url_for("events.page", occurrence=occurrence.id),
    }
    if event.price is not None:
        data["offers"] = {"@type": "Offer", "price": event.price, "priceCurrency": event.currency or "GBP"}
    text = json.dumps(data, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
