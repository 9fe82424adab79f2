"""What comes back regularly near a member, by the days of the week (R50)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from domain import agenda, reach, recurring
from domain.models import RsvpStatus
from domain.recurring import Day, Series
from web import (
    clock,
    event_wishes,
    feed_links,
    filters,
    inclusion_words,
    outing_words,
    recurring_wishes,
    rhythm_words,
)
from web.auth import Audience, audience, current_member
from web.db import db
from web.feed_links import Feed
from web.forms.choices import ACCESS
from web.recurring_wishes import NAMES, Asked, day_words
from web.views.events import ANSWERS

bp = Blueprint("recurring", __name__, url_prefix="/events/recurring")


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    session, member, asked = db.session(), current_member(), recurring_wishes.chosen()
    own, needs = reach.of_member(session, member), inclusion_words.asked_for()
    board = recurring.look(
        session,
        member=member.id,
        wish=asked.wish(),
        reach=asked.reach(own),
        now=clock.now(),
        day=asked.day,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "recurring/index.html",
        days=[_day(day, those, board.counts[day], asked) for day, those in board.days.items()],
        board=board,
        asked=asked,
        chosen=asked.filters,
        interests=outing_words.LABELS,
        places=recurring_wishes.where(own),
        needs=ACCESS,
        needed=url_for("recurring.index", **event_wishes.asking_for(needs)) if needs else None,
        day_choices=[(name, day_words(day)) for name, day in recurring_wishes.DAYS.items()],
        place_known=own.limited,
        feed=feed_links.link(member.id, Feed.RECURRING, **asked.query),
    )


def _day(day: Day, those: tuple[Series, ...], count: int, asked: Asked) -> dict[str, Any]:
    query: dict[str, Any] = asked.query | {"day": NAMES[day]}
    return {
        "name": NAMES[day],
        "words": day_words(day),
        "rows": [_row(each) for each in those],
        "count": count,
        "more": url_for("recurring.index", **query) if asked.day is None and count > len(those) else None,
    }


def _row(series: Series) -> dict[str, Any]:
    entry = series.next
    occurrence, event, group, answer = entry.occurrence, entry.event, entry.group, entry.answer
    return {
        "title": event.title,
        "href": url_for("events.page", occurrence=occurrence.id),
        "rhythm": rhythm_words.of_event(event),
        "elsewhere": outing_words.clocks_differ(occurrence, event),
        "where": outing_words.where(event, group),
        "cost": None if event.price is None else filters.money(event.price, event.currency),
        "group": group.name,
        "next": outing_words.when_words(occurrence, event),
        "answer": ANSWERS.get(RsvpStatus(answer.status)) if answer else None,
        "off": [filters.day(at) for at in series.off_before(clock.now())],
    }


@bp.get("/<event>")
@audience(Audience.MEMBER)
def page(event: str) -> Response:
    """Lead to the next date of an event: for links that outlive a date."""
    found = agenda.next_of(db.session(), member=current_member().id, event=event, now=clock.now())
    return redirect(url_for("events.page", occurrence=found.occurrence.id), 303)
