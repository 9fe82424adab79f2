"""Looking back on an outing once, what it moved, and kindness after a hard one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import belonging, consent, heartbeats, ladders, members, outings, reflections, runs
from domain.events import Lane
from domain.ladders import ChangeBody, ChangeKind
from domain.models import ConsentPurpose, Reflection
from domain.outings import Outing
from domain.reflections import AlreadyReflected
from web import clock, ladder_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.reflections import KindnessForm, ReflectionForm

bp = Blueprint("reflections", __name__)

PATIENCE = timedelta(seconds=20)
REST = timedelta(days=7)


@bp.get("/outings/<rsvp>/reflection")
@audience(Audience.MEMBER)
def ask(rsvp: str) -> str | Response:
    """Ask how it was; one that has been looked back on is gently closed (R27)."""
    outing = _outing(rsvp)
    if outing.reflected:
        return render_template("reflections/closed.html", outing=outing)
    if not outing.going or outing.occurrence.starts_at > clock.now():
        return redirect(url_for("rsvps.page", rsvp=rsvp), 303)
    return _form_page(outing, ReflectionForm())


def _outing(rsvp: str) -> Outing:
    return outings.one(db.session(), member=current_member().id, rsvp=rsvp)


def _form_page(outing: Outing, form: ReflectionForm) -> str:
    counts = belonging.asked_of(db.session(), member=current_member().id, group=outing.group)
    return render_template("reflections/ask.html", outing=outing, form=form, counts=counts, sensitive=True)


@bp.post("/outings/<rsvp>/reflection")
@audience(Audience.MEMBER)
def keep(rsvp: str) -> Response | tuple[str, int]:
    outing, form = _outing(rsvp), ReflectionForm()
    body = form.body() if form.validate() else None
    if body is None:
        return _form_page(outing, form), 422
    try:
        kept = reflections.record(
            db.session(),
            member=current_member().id,
            occurrence=outing.occurrence.id,
            reflection=body,
            now=clock.now(),
        )
    except AlreadyReflected:
        return redirect(url_for("reflections.ask", rsvp=rsvp), 303)
    db.session.commit()
    return redirect(
        url_for("reflections.kindness" if body.hard else "reflections.kept", reflection=kept.id), 303
    )


def _own(reflection: str) -> Reflection:
    return reflections.own(db.session(), member=current_member().id, reflection=reflection)


@bp.get("/reflections/<reflection>/")
@audience(Audience.MEMBER)
def kept(reflection: str) -> Response:
    """Show what was expected and found, and what moved once the worker has taken it in."""
    row = _own(reflection)
    facts = _moved_facts(row, delay="300ms")
    body = reflections.read(db.session(), row)
    agrees = consent.has(db.session(), account=row.member, purpose=ConsentPurpose.COMFORT)
    response = make_response(render_template("reflections/kept.html", body=body, agrees=agrees, **facts))
    if facts["state"] == "running" and "again" in request.args:
        response.headers["Refresh"] = "3"
    return response


@bp.get("/reflections/<reflection>/moved")
@audience(Audience.MEMBER)
def moved(reflection: str) -> str:
    """Return the part of the page that asks for itself until the reflection has been taken in."""
    return render_template("reflections/_moved.html", **_moved_facts(_own(reflection), delay="1s"))


def _moved_facts(row: Reflection, *, delay: str) -> dict[str, Any]:
    session = db.session()
    moved_on = ladders.after_reflection(session, member=row.member, reflection=row.id)
    changes = [each for each in moved_on if each.body.kind not in (ChangeKind.LEARNT, ChangeKind.KINDNESS)]
    view = ladders.current(session, member=row.member)
    return {
        "reflection": row,
        "state": _state(row),
        "changes": [ladder_words.told(change, view) for change in changes],
        "poll": {
            "hx-get": url_for("reflections.moved", reflection=row.id),
            "hx-trigger": f"load delay:{delay}",
            "hx-target": "#moved",
            "hx-swap": "outerHTML",
        },
    }


def _state(row: Reflection) -> str:
    """Return learnt, running or late."""
    if row.learnt_at is not None:
        return "learnt"
    now = clock.now()
    waits = now - row.created_at > PATIENCE
    if waits and not heartbeats.alive(db.session(), kind="worker", lane=Lane.MATCHING, now=now):
        return "late"
    return "running"


@bp.get("/reflections/<reflection>/kindness")
@audience(Audience.MEMBER)
def kindness(reflection: str) -> str:
    return render_template(
        "reflections/kindness.html", row=_own(reflection), form=KindnessForm(), sensitive=True
    )


@bp.post("/reflections/<reflection>/kindness")
@audience(Audience.MEMBER)
def choose(reflection: str) -> Response | tuple[str, int]:
    """Keep the step the member chose, and lead there: never harder than before (R41)."""
    row, form = _own(reflection), KindnessForm()
    if not form.validate():
        return render_template("reflections/kindness.html", row=row, form=form, sensitive=True), 422
    session, now = db.session(), clock.now()
    body = ChangeBody(kind=ChangeKind.KINDNESS, reason=form.step.data, words=tuple(form.feelings.data or ()))
    ladders.record_change(session, member=row.member, reflection=row.id, body=body, proposes=False, now=now)
    target = _lead(form.step.data)
    db.session.commit()
    return redirect(target, 303)


def _lead(step: str) -> str:
    """Do what the chosen step needs and return where to go on."""
    session, member, now = db.session(), current_member(), clock.now()
    match step:
        case "rest":
            members.pause(session, member=member, until=now + REST, now=now)
            flash(_("A week of rest it is. We will not suggest anything new until then."), "success")
        case "prepare":
            return url_for("ladder.tough_day")
        case _:
            runs.request(session, member=member.id, reason="gentler", now=now)
            flash(_("We are looking for something gentler."), "success")
    return url_for("suggestions.index")
