"""Small goals: set, counted by themselves, made smaller or put away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import goals, past, wins
from domain.errors import Invalid
from domain.goals import GoalBody, GoalView, Template
from domain.past import Past
from domain.wins import WinKind
from web import clock, progress_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.choices import VALUES
from web.forms.goals import GoalForm

bp = Blueprint("goals", __name__, url_prefix="/goals")


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    return _page(GoalForm(formdata=None))


def _past() -> Past:
    return past.of(db.session(), member=current_member().id)


def _page(form: GoalForm, *, smaller: GoalBody | None = None) -> str:
    found = goals.current(db.session(), _past(), member=current_member(), now=clock.now())
    return render_template(
        "goals/index.html", form=form, goals=[_shown(each) for each in found], smaller=smaller, sensitive=True
    )


def _shown(goal: GoalView) -> dict[str, Any]:
    template = goal.body.template
    return {
        "id": goal.id,
        "text": progress_words.goal_sentence(goal),
        "standing": progress_words.goal_standing(goal),
        "value": VALUES.get(goal.body.value or ""),
        "earlier": [progress_words.period_sentence(period, template) for period in goal.earlier],
        "smaller": goal.smaller,
        "counts_talks": template is Template.NEW_CONVERSATION,
    }


@bp.post("/")
@audience(Audience.MEMBER)
def begin() -> Response | tuple[str, int]:
    """Set a goal; one that asks much gets a smaller one offered first, once (R86)."""
    form, member, now = GoalForm(), current_member(), clock.now()
    body = _body(form) if form.validate() else None
    if body is None:
        return _page(form), 422
    smaller = goals.smaller_option(_past(), body, member=member, now=now)
    if smaller is not None and form.asked.data != "1":
        return _page(form, smaller=smaller), 409
    goals.set_goal(db.session(), member=member, body=body, now=now)
    db.session.commit()
    flash(_("Set. It counts by itself, and part of it counts too."), "success")
    return redirect(url_for("goals.index"), 303)


def _body(form: GoalForm) -> GoalBody | None:
    try:
        return form.body()
    except Invalid as invalid:
        form.times.errors = [*form.times.errors, *invalid.problems.values()]
        return None


@bp.post("/<goal>/talked")
@audience(Audience.MEMBER)
def talked(goal: str) -> Response:
    """Note a talk with somebody new: it counts for the goal and stands among the small wins."""
    goals.own(db.session(), member=current_member().id, goal=goal)
    wins.log(db.session(), member=current_member().id, kind=WinKind.NEW_TALK, now=clock.now())
    db.session.commit()
    flash(_("Counted. It stands among your small wins, too."), "success")
    return redirect(url_for("goals.index"), 303)


@bp.post("/<goal>/smaller")
@audience(Audience.MEMBER)
def smaller(goal: str) -> Response:
    times = request.form.get("times", type=int) or 1
    goals.make_smaller(db.session(), member=current_member().id, goal=goal, times=times)
    db.session.commit()
    flash(_("Made smaller. Small is what lasts."), "success")
    return redirect(url_for("goals.index"), 303)


@bp.post("/<goal>/away")
@audience(Audience.MEMBER)
def away(goal: str) -> Response:
    goals.put_away(db.session(), member=current_member().id, goal=goal, now=clock.now())
    db.session.commit()
    flash(_("Put away. What you did stays yours."), "success")
    return redirect(url_for("goals.index"), 303)
