"""Somebody the member sees: small things to remember, days to keep in mind, words one could say."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import person_dates, person_notes, person_touches, portfolio
from web import clock, filters, people_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.people import NEVER, DateForm, NoteForm, TouchForm

bp = Blueprint("people", __name__, url_prefix="/people")


def today() -> date:
    """Return which day it is where the member is."""
    return clock.now().astimezone(filters.own_zone()).date()


@bp.get("/<person>")
@audience(Audience.MEMBER)
def page(person: str) -> str:
    return _page(person, NoteForm())


def _page(person: str, form: NoteForm) -> str:
    session, member = db.session(), current_member()
    entry = portfolio.person(session, member=member.id, person=person)
    days = person_dates.of(session, member=member, person=person, now=clock.now())
    touch = person_touches.of(session, member=member.id).get(person)
    return render_template(
        "people/page.html",
        entry=entry,
        form=form,
        touch=touch,
        often=TouchForm(formdata=None, every=touch.every if touch else NEVER),
        notes=person_notes.of(session, member=member.id, person=person),
        days=days,
        today=today(),
        words=people_words,
        sayings=people_words.sayings(days),
        sensitive=True,
    )


@bp.post("/<person>/notes")
@audience(Audience.MEMBER)
def note(person: str) -> Response | tuple[str, int]:
    form = NoteForm()
    if not form.validate():
        return _page(person, form), 422
    person_notes.write(
        db.session(), member=current_member().id, person=person, words=form.words.data, now=clock.now()
    )
    db.session.commit()
    flash(_("Kept, for you alone."), "success")
    return _to(person, "notes-title")


def _to(person: str, part: str) -> Response:
    return redirect(url_for("people.page", person=person, _anchor=part), 303)


@bp.post("/notes/<person_note>/remove")
@audience(Audience.MEMBER)
def forget_note(person_note: str) -> Response:
    person = person_notes.remove(db.session(), member=current_member().id, note=person_note)
    db.session.commit()
    flash(_("Taken out."), "success")
    return _to(person, "notes-title")


@bp.post("/<person>/touch")
@audience(Audience.MEMBER)
def touch(person: str) -> Response:
    """Ask for a word now and then, at another pace, or for none any more."""
    form, session, member = TouchForm(), db.session(), current_member()
    if not form.validate():
        return _to(person, "touch-title")
    if form.chosen is None:
        person_touches.end(session, member=member.id, person=person)
        said = _("Done. No more of these.")
    else:
        person_touches.choose(session, member=member, person=person, every=form.chosen, now=clock.now())
        said = _("Done. You can stop it at any time.")
    db.session.commit()
    flash(said, "success")
    if request.form.get("back") == "check-ins":
        return redirect(url_for("checkins.index", _anchor="balance-title"), 303)
    return _to(person, "touch-title")


@bp.post("/<person>/in-touch")
@audience(Audience.MEMBER)
def in_touch(person: str) -> Response:
    """Note that the two were in touch: the next word comes later."""
    person_touches.in_touch(db.session(), member=current_member(), person=person, now=clock.now())
    db.session.commit()
    flash(_("Noted. The next one comes later."), "success")
    return _to(person, "touch-title")


@bp.get("/<person>/days")
@audience(Audience.MEMBER)
def new_day(person: str) -> str:
    there = today()
    return _day_page(person, DateForm(today=there, data={"day": there.day, "month": there.month}))


def _day_page(person: str, form: DateForm, editing: str | None = None) -> str:
    entry = portfolio.person(db.session(), member=current_member().id, person=person)
    return render_template("people/day.html", entry=entry, form=form, editing=editing, sensitive=True)


@bp.post("/<person>/days")
@audience(Audience.MEMBER)
def add_day(person: str) -> Response | tuple[str, int]:
    form = DateForm(today=today())
    body = form.body() if form.validate() else None
    if body is None:
        return _day_page(person, form), 422
    person_dates.add(db.session(), member=current_member(), person=person, body=body, now=clock.now())
    db.session.commit()
    flash(_("Kept, for you alone."), "success")
    return _to(person, "days-title")


@bp.get("/days/<person_date>")
@audience(Audience.MEMBER)
def day(person_date: str) -> str:
    found = person_dates.one(db.session(), member=current_member(), date=person_date, now=clock.now())
    return _day_page(found.person, DateForm.of(found.body, today=today()), editing=found.id)


@bp.post("/days/<person_date>")
@audience(Audience.MEMBER)
def change_day(person_date: str) -> Response | tuple[str, int]:
    session, member, now = db.session(), current_member(), clock.now()
    found = person_dates.one(session, member=member, date=person_date, now=now)
    form = DateForm(today=today())
    body = form.body(found.body) if form.validate() else None
    if body is None:
        return _day_page(found.person, form, editing=found.id), 422
    person_dates.change(session, member=member, date=person_date, body=body, now=now)
    db.session.commit()
    flash(_("Changed."), "success")
    return _to(found.person, "days-title")


@bp.post("/days/<person_date>/remove")
@audience(Audience.MEMBER)
def forget_day(person_date: str) -> Response:
    person = person_dates.remove(db.session(), member=current_member().id, date=person_date)
    db.session.commit()
    flash(_("Taken out. No reminder of it will come."), "success")
    return _to(person, "days-title")
