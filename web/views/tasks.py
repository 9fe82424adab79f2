"""A member takes a small task at an outing, or gives it back: one tap each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import outings, tasks
from web import clock
from web.auth import Audience, audience, current_member
from web.db import db

bp = Blueprint("tasks", __name__)


@bp.post("/outings/<rsvp>/tasks/<task>")
@audience(Audience.MEMBER)
def take(rsvp: str, task: str) -> Response:
    outing = outings.one(db.session(), member=current_member().id, rsvp=rsvp)
    tasks.take(db.session(), outing, task=task, now=clock.now())
    db.session.commit()
    flash(_("It is yours. You can give it back at any time."), "success")
    return redirect(url_for("rsvps.page", rsvp=rsvp), 303)


@bp.post("/outings/<rsvp>/tasks/back")
@audience(Audience.MEMBER)
def give_back(rsvp: str) -> Response:
    outing = outings.one(db.session(), member=current_member().id, rsvp=rsvp)
    tasks.give_back(db.session(), outing)
    db.session.commit()
    flash(_("Given back. That is fine."), "success")
    return redirect(url_for("rsvps.page", rsvp=rsvp), 303)
