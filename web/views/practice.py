"""Things to practise: lessons to read, sentences to try, and steps to put on one's own ladder."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import ladders
from domain.errors import NotFound
from domain.ladder_records import RungBody
from web import clock, lessons
from web.auth import Audience, audience, current_member
from web.db import db
from web.lessons import Lesson

bp = Blueprint("practice", __name__, url_prefix="/practice")


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    return render_template("practice/index.html", lessons=lessons.lessons())


@bp.get("/<lesson>")
@audience(Audience.MEMBER)
def page(lesson: str) -> str:
    return render_template("practice/page.html", lesson=_lesson(lesson))


def _lesson(id_: str) -> Lesson:
    found = lessons.lesson(id_)
    if found is None:
        raise NotFound
    return found


@bp.post("/<lesson>/steps/<int:number>")
@audience(Audience.MEMBER)
def take(lesson: str, number: int) -> Response:
    """Put a lesson's step on the ladder, where the member may move it or put it away again."""
    steps = _lesson(lesson).steps
    if not 1 <= number <= len(steps):
        raise NotFound
    step = steps[number - 1]
    body = RungBody(label=step.label, kind=step.like.id, situation=step.like.situation)
    row = ladders.add_own(db.session(), member=current_member().id, body=body, now=clock.now())
    db.session.commit()
    flash(_("The step is on your ladder. Move it where it belongs."), "success")
    return redirect(url_for("ladder.index", _anchor=f"rung-{row.id}"), 303)
