"""The desk: what waits in each lane, what was given up, and which processes are alive."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain import desk, overview
from domain.desk import Action
from domain.errors import NotFound
from domain.heartbeats import FRESH
from domain.models import MessageState, OutboxMessage
from web import admin_words, clock
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.desk import DecisionForm

bp = Blueprint("desk", __name__, url_prefix="/desk")

SLOW = 60.0  #: seconds after which waiting is no longer usual

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    session, now = db.session(), clock.now()
    return render_template(
        "admin/desk.html",
        lanes=desk.figures(session),
        lane_words=admin_words.LANES,
        dead=desk.dead(session),
        beats=overview.heartbeats(session),
        now=now,
        fresh=FRESH,
        slow=SLOW,
        decisions=overview.decisions(session),
    )


@bp.route("/messages/<message>", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def message(message: str) -> Page:
    """Show a message that was given up; sent, it is tried again or let go."""
    row = db.session.get(OutboxMessage, message)
    if row is None:
        raise NotFound
    form = DecisionForm()
    if request.method == "GET" or not form.validate():
        page = render_template(
            "admin/message.html",
            row=row,
            form=form,
            is_dead=row.state == MessageState.DEAD,
            others=desk.alike(db.session(), message=row.id),
        )
        return page, 200 if request.method == "GET" else 422
    decided = _decide(row.id, form)
    db.session.commit()
    flash(
        ngettext(
            "Decided. The desk keeps who, when and why.",
            "Decided about %(num)s. The desk keeps who, when and why.",
            decided,
        ),
        "success",
    )
    return redirect(url_for("admin.desk.index"), 303)


def _decide(message: str, form: DecisionForm) -> int:
    """Decide about a message, and about those like it where that was asked for; return about how many."""
    session, author = db.session(), current_account().id
    decide = desk.replay if form.action.data == Action.REPLAY else desk.discard
    messages = [message, *(desk.alike(session, message=message, held=True) if form.alike.data else [])]
    for each in messages:
        decide(session, message=each, author=author, reason=form.reason.data, now=clock.now())
    return len(messages)
