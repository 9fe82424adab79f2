"""The week with its routines: begun from a template, done or rested from, paused and let go in one tap."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import notebook, routines
from domain.models import EntryKind
from domain.notebook import Entry
from domain.routine_body import Template
from domain.routines import RoutineView
from web import clock, filters, routine_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.mails import DAYS
from web.forms.routines import RoutineForm

bp = Blueprint("routines", __name__, url_prefix="/routines")

_TEMPLATE = f"<any({', '.join(Template)}):template>"
_WAY = "<any(did, not_today, pause, resume, remove):way>"


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    now = clock.now()
    today = now.astimezone(filters.own_zone()).date()
    found = routines.of(db.session(), member=current_member(), now=now)
    return render_template(
        "routines/index.html",
        routines=found,
        today=[each for each in found if each.falls_on(today)],
        week=_week(found, today),
        names={each.id: each.said["what"] for each in _people()} if found else {},
        templates=routine_words.TEMPLATES,
        words=routine_words,
        sensitive=True,
    )


def _week(found: list[RoutineView], today: date) -> list[dict[str, Any]]:
    """Return the days of the week, each with what it holds."""
    return [
        {
            "name": name,
            "today": number == today.weekday(),
            "routines": [each for each in found if not each.paused and number in each.body.days],
        }
        for number, name in DAYS.items()
    ]


def _people() -> list[Entry]:
    return notebook.entries(db.session(), member=current_member().id, kind=EntryKind.PERSON)


@bp.get(f"/new/{_TEMPLATE}")
@audience(Audience.MEMBER)
def new(template: str) -> str:
    start = routine_words.TEMPLATES[Template(template)]
    return _page(RoutineForm.starting(start, people=_people()), template=template)


def _page(form: RoutineForm, *, template: str | None = None, editing: str | None = None) -> str:
    about = routine_words.TEMPLATES[Template(template)].about if template else ""
    return render_template(
        "routines/routine.html", form=form, template=template, about=about, editing=editing, sensitive=True
    )


@bp.post(f"/new/{_TEMPLATE}")
@audience(Audience.MEMBER)
def begin(template: str) -> Response | tuple[str, int]:
    form = RoutineForm(people=_people())
    body = form.body(Template(template)) if form.validate() else None
    if body is None:
        return _page(form, template=template), 422
    routines.begin(db.session(), member=current_member(), body=body, now=clock.now())
    db.session.commit()
    flash(_("It is part of your week now. You can pause it at any time."), "success")
    return redirect(url_for("routines.index"), 303)


@bp.get("/<routine>")
@audience(Audience.MEMBER)
def page(routine: str) -> str:
    body = routines.one(db.session(), member=current_member().id, routine=routine)
    return _page(RoutineForm.of(body, people=_people()), editing=routine)


@bp.post("/<routine>")
@audience(Audience.MEMBER)
def change(routine: str) -> Response | tuple[str, int]:
    session, member = db.session(), current_member()
    template = routines.one(session, member=member.id, routine=routine).template
    form = RoutineForm(people=_people())
    body = form.body(template) if form.validate() else None
    if body is None:
        return _page(form, editing=routine), 422
    routines.change(session, member=member, routine=routine, body=body, now=clock.now())
    db.session.commit()
    flash(_("Changed."), "success")
    return redirect(url_for("routines.index"), 303)


@bp.post(f"/<routine>/{_WAY}")
@audience(Audience.MEMBER)
def act(routine: str, way: str) -> Response:
    """Note of today that it was done or rested from; let it rest, go on, or go."""
    session, member, now = db.session(), current_member(), clock.now()
    match way:
        case "did" | "not_today":
            routines.mark(session, member=member, routine=routine, done=way == "did", now=now)
        case "pause":
            routines.pause(session, member=member, routine=routine, now=now)
        case "resume":
            routines.take_up(session, member=member, routine=routine, now=now)
        case _:
            routines.remove(session, member=member.id, routine=routine)
    db.session.commit()
    flash(_said(way), "success")
    return redirect(url_for("routines.index"), 303)


def _said(way: str) -> str:
    said: dict[str, str] = {
        "did": _("Noted. Small and often is plenty."),
        "not_today": _("Noted. A rest is part of it."),
        "pause": _("It rests now. Take it up again when you like."),
        "resume": _("It is part of your week again."),
        "remove": _("Taken out. What you did of it stays in your progress."),
    }
    return said[way]
