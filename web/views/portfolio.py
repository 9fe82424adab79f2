"""People and places: the member's own list of whom they see and what they do, and what of it fits today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import person_dates, portfolio
from domain.models import EntryKind
from domain.notebook import Entry
from domain.portfolio import Energy, Mood
from web import clock, filters, people_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.portfolio import TodayForm

bp = Blueprint("portfolio", __name__, url_prefix="/portfolio")

NEAR = timedelta(days=30)


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    found = portfolio.of(db.session(), member=current_member().id)
    form = TodayForm(request.args)
    asked = "energy" in request.args and form.validate()
    return render_template(
        "portfolio/index.html",
        form=form if asked else TodayForm(),
        asked=asked,
        fitting=_fitting(found, form) if asked else [],
        parts=_parts(found),
        empty=not found,
        coming=_coming(found),
        sensitive=True,
    )


def _coming(found: list[Entry]) -> list[dict[str, str]]:
    """Return the days to keep in mind that are near."""
    names = {each.id: each.said["what"] for each in found}
    now = clock.now()
    today = now.astimezone(filters.own_zone()).date()
    days = person_dates.of(db.session(), member=current_member(), now=now)
    return [
        {
            "when": people_words.nearness(each.next, today),
            "who": names[each.person],
            "what": each.body.what,
            "href": url_for("people.page", person=each.person),
        }
        for each in person_dates.coming(days, today=today, within=NEAR)
        if each.next and each.person in names
    ]


def _fitting(found: list[Entry], form: TodayForm) -> list[Entry]:
    return portfolio.fitting(found, energy=Energy(int(form.energy.data)), mood=Mood(form.mood.data))


def _parts(found: list[Entry]) -> list[dict[str, Any]]:
    words = {
        EntryKind.ACTIVITY: (_("What you do"), _("Add something you do")),
        EntryKind.PERSON: (_("Who you see"), _("Add somebody you see")),
    }
    return [
        {"kind": kind, "title": title, "add": add, "entries": [each for each in found if each.kind is kind]}
        for kind, (title, add) in words.items()
    ]


@bp.post("/<entry>/did")
@audience(Audience.MEMBER)
def did(entry: str) -> Response:
    """Note that it was done; it comes up later again, after what was longer ago."""
    portfolio.did(db.session(), member=current_member().id, entry=entry, now=clock.now())
    db.session.commit()
    flash(_("Noted. Small and often is plenty."), "success")
    return redirect(url_for("portfolio.index"), 303)
