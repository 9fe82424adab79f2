"""An organizer's events: post, change, call off, and see who comes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import announcements, courtesies, guests, schedule, tasks
from domain.errors import Conflict, Invalid
from domain.guests import Guests
from domain.models import Event, Group, Occurrence
from web import clock, own, preview
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms import checked
from web.forms.event_rows import as_fields
from web.forms.events import EventForm, Position
from web.forms.facts import QUESTIONS
from web.forms.groups import ReasonForm

bp = Blueprint("events", __name__)

Page = str | tuple[str, int] | Response


@bp.route("/groups/<group>/events/new", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def post(group: str) -> Page:
    row = own.group(group)
    form = EventForm(
        data={
            "town": row.locality,
            "time_zone": row.time_zone,
            "greeter": row.greeter,
            "interests": [each.interest for each in row.interests],
        }
        if request.method == "GET"
        else None,
        known=_known(row),
    )
    if not _ready(form):
        return _next_page(form, group=row, event=None)
    event = schedule.publish(
        db.session(), group=row, draft=form.draft(), now=clock.now(), identity=form.key.data
    )
    db.session.commit()
    flash(_("Posted. Members can see it now, and we look for people it may suit."), "success")
    return redirect(url_for("organizer.events.page", event=event.id), 303)


@bp.route("/events/<event>/edit", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def edit(event: str) -> Page:
    row, group = own.event(event)
    if row.cancelled_at is not None:
        raise Conflict(_("This event has been called off. Post a new one instead."))
    form = EventForm(
        data=as_fields(row) if request.method == "GET" else None, known=_known(group, row), before=row
    )
    if not _ready(form):
        return _next_page(form, group=group, event=row)
    schedule.change(db.session(), event=row, draft=form.draft(), now=clock.now())
    db.session.commit()
    flash(_("Saved. Members see it now."), "success")
    return redirect(url_for("organizer.events.page", event=row.id), 303)


def _known(group: Group, event: Event | None = None) -> dict[str, Position]:
    """Return where the towns lie in which the group has met; the event's own place counts most."""
    events = [each.event for each in announcements.of_group(db.session(), group=group, now=clock.now())]
    return {
        each.locality: (each.latitude, each.longitude)
        for each in [*events, *([event] if event else [])]
        if each.locality and each.latitude is not None and each.longitude is not None
    }


def _ready(form: EventForm) -> bool:
    """Return whether these answers are valid, and exactly those that were shown to be checked."""
    if request.method == "GET" or request.form.get("step") != "post":
        return False
    return _valid(form) and checked.was_seen(checked.answers(form), request.form.get("seal", ""))


def _valid(form: EventForm) -> bool:
    """Return whether an event can be made of the answers; the form says what stands against it."""
    if not form.validate():
        return False
    try:
        schedule.check_draft(form.draft())
    except Invalid as refusal:
        for name, problem in refusal.problems.items():
            field = form[name if name in form else "every"]
            field.errors = [*field.errors, problem]
        return False
    return True


def _next_page(form: EventForm, *, group: Group, event: Event | None) -> Page:
    """Return the form, the form with its problems, or the answers to be checked."""
    names = [each.name for each in QUESTIONS]
    facts: dict[str, Any] = {"form": form, "group": group, "event": event, "questions": names}
    if request.method == "GET" or request.form.get("step") == "change":
        return render_template("organizer/event_form.html", **facts)
    if not _valid(form):
        return render_template("organizer/event_form.html", **facts), 422
    answers = checked.answers(form)
    shown = preview.shown(form, group)
    told = _told(event) if event is not None else 0
    return render_template(
        "organizer/check.html", answers=answers, seal=checked.seal(answers), shown=shown, told=told, **facts
    )


def _told(event: Event) -> int:
    """Return how many answers stand on dates to come."""
    rows = announcements.to_come(db.session(), event=event, now=clock.now())
    return sum(each.yes + each.maybe + each.waiting for each in _guests(event, rows).values())


def _guests(event: Event, rows: list[Occurrence]) -> dict[str, Guests]:
    group = db.session.get_one(Group, event.group)
    return guests.coming(db.session(), viewer=current_account().id, group=group, occurrences=rows)


@bp.get("/events/<event>")
@audience(Audience.ORGANIZER)
def page(event: str) -> str:
    row, group = own.event(event)
    session, viewer, now = db.session(), current_account().id, clock.now()
    rows = announcements.to_come(session, event=row, now=now)
    return render_template(
        "organizer/event.html",
        event=row,
        group=group,
        occurrences=rows,
        guests=_guests(row, rows),
        facts=preview.facts_of(row),
        tasks=tasks.of_event(session, event=row.id),
        taken=tasks.taken(session, viewer=viewer, group=group, occurrences=rows),
        courtesies=courtesies.of_the_day(session, viewer=viewer, group=group, occurrences=rows, now=now),
        thanks=courtesies.thanks(session, viewer=viewer, group=group, event=row, now=now),
        now=now,
    )


@bp.route("/events/<event>/cancel", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def cancel(event: str) -> Page:
    row, group = own.event(event)
    rows = announcements.to_come(db.session(), event=row, now=clock.now())
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        facts = {"form": form, "event": row, "group": group, "occurrence": None, "told": _told(row)}
        page = render_template("organizer/cancel.html", dates=len(rows), **facts)
        return page, 200 if request.method == "GET" else 422
    schedule.cancel(db.session(), event=row, reason=form.reason.data, now=clock.now())
    db.session.commit()
    flash(_("Called off. Everybody who said yes will hear of it."), "success")
    return redirect(url_for("organizer.events.page", event=row.id), 303)


@bp.route("/occurrences/<occurrence>/cancel", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def cancel_date(occurrence: str) -> Page:
    row, event, group = own.occurrence(occurrence)
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        coming = _guests(event, [row])[row.id]
        told = coming.yes + coming.maybe + coming.waiting
        facts = {"form": form, "event": event, "group": group, "occurrence": row, "told": told}
        page = render_template("organizer/cancel.html", dates=1, **facts)
        return page, 200 if request.method == "GET" else 422
    schedule.cancel_occurrence(db.session(), occurrence=row, reason=form.reason.data, now=clock.now())
    db.session.commit()
    flash(_("This date is called off. Everybody who said yes will hear of it."), "success")
    return redirect(url_for("organizer.events.page", event=event.id), 303)
