"""The member's ladder: where they are, what moved and why, and every change theirs to make."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import ladders, notices, outings, reflections
from domain.errors import NotFound
from domain.ladders import HeldBack, LadderView, RungView
from matching.advice import Reason
from web import clock, filters, ladder_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.ladder import SMALLER, OwnStepForm, StepForm, ToughDayForm

bp = Blueprint("ladder", __name__, url_prefix="/ladder")

WAYS = {"up": -1, "down": 1}


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    view = _view()
    said = notices.of(db.session(), member=current_member())
    sayings = [ladder_words.SAYINGS[code] for code in said if code is not Reason.MAINTENANCE]
    return render_template("ladder/index.html", ladder=view, sayings=sayings, **_shown(view))


def _view() -> LadderView | None:
    return ladders.current(db.session(), member=current_member().id)


def _shown(view: LadderView | None) -> dict[str, Any]:
    if view is None:
        return {}
    member = current_member().id
    titles = {each.id: each.title for each in reflections.recollect(db.session(), member=member)}
    changes = [ladder_words.told(change, view, titles=titles) for change in view.changes]
    return {
        "proposal": next((each for each in changes if each.open), None),
        "changes": [each for each in changes if not each.open],
        "moved": _moved(view),
    }


def _moved(view: LadderView) -> dict[str, Any] | None:
    """Return which step was just moved and to where, for the sentence and for the focus."""
    ids = [rung.id for rung in view.rungs]
    rung, way = request.args.get("moved"), request.args.get("way")
    if rung not in ids or way not in WAYS:
        return None
    place = ids.index(rung)
    still = {"up": place > 0, "down": place < len(ids) - 1}
    other = "down" if way == "up" else "up"
    return {
        "id": rung,
        "focus": way if still[way] else other,
        "text": _(
            "“%(rung)s” is now step %(place)d of %(all)d.",
            rung=view.rungs[place].label,
            place=place + 1,
            all=len(ids),
        ),
        "undo_url": url_for("ladder.move", rung=rung, way=other),
    }


@bp.post("/rungs/<rung>/<any(up, down):way>")
@audience(Audience.MEMBER)
def move(rung: str, way: str) -> Response:
    ladders.move(db.session(), member=current_member().id, rung=rung, by=WAYS[way])
    db.session.commit()
    # no fragment: a browser that jumps to one ignores autofocus
    return redirect(url_for("ladder.index", moved=rung, way=way), 303)


@bp.get("/rungs/<rung>")
@audience(Audience.MEMBER)
def step(rung: str) -> str:
    found = _rung(rung)
    form = StepForm(data={"label": found.label, "reward": found.reward})
    return render_template("ladder/step.html", rung=found, form=form)


def _rung(rung: str) -> RungView:
    view = _view()
    found = next((each for each in view.rungs + view.archived if each.id == rung), None) if view else None
    if found is None:
        raise NotFound
    return found


@bp.post("/rungs/<rung>/edit")
@audience(Audience.MEMBER)
def edit(rung: str) -> Response | tuple[str, int]:
    form, member = StepForm(), current_member().id
    if not form.validate():
        return render_template("ladder/step.html", rung=_rung(rung), form=form), 422
    ladders.reword(db.session(), member=member, rung=rung, label=form.label.data)
    ladders.pair_reward(db.session(), member=member, rung=rung, reward=form.reward.data or "")
    db.session.commit()
    flash(_("Kept. You see it with your step."), "success")
    return redirect(url_for("ladder.index"), 303)


@bp.post("/rungs/<rung>/archive")
@audience(Audience.MEMBER)
def archive(rung: str) -> Response:
    ladders.archive(db.session(), member=current_member().id, rung=rung, now=clock.now())
    db.session.commit()
    flash(_("Put away. You can take it back at any time, under “Put away”."), "success")
    return redirect(url_for("ladder.index"), 303)


@bp.post("/rungs/<rung>/restore")
@audience(Audience.MEMBER)
def restore(rung: str) -> Response:
    ladders.restore(db.session(), member=current_member().id, rung=rung)
    db.session.commit()
    flash(_("It is back, as the last step. Move it where it belongs."), "success")
    return redirect(url_for("ladder.index", _anchor=f"rung-{rung}"), 303)


@bp.get("/new")
@audience(Audience.MEMBER)
def new() -> str:
    return render_template("ladder/new.html", form=OwnStepForm())


@bp.post("/new")
@audience(Audience.MEMBER)
def add() -> Response | tuple[str, int]:
    form = OwnStepForm()
    if not form.validate():
        return render_template("ladder/new.html", form=form), 422
    row = ladders.add_own(db.session(), member=current_member().id, body=form.body(), now=clock.now())
    db.session.commit()
    flash(_("Your step is on the ladder. Move it where it belongs."), "success")
    return redirect(url_for("ladder.index", _anchor=f"rung-{row.id}"), 303)


@bp.post("/changes/<change>/accept")
@audience(Audience.MEMBER)
def accept(change: str) -> Response:
    """Do what was proposed; a second raise within a week waits, with the reason."""
    try:
        ladders.accept(db.session(), member=current_member().id, change=change, now=clock.now())
    except HeldBack as held:
        flash(f"{held} {_('You can take it from %(day)s.', day=filters.day(held.until))}", "info")
        return redirect(url_for("ladder.index"), 303)
    db.session.commit()
    flash(_("Done. You can go back to an easier step whenever you like."), "success")
    return redirect(url_for("ladder.index"), 303)


@bp.post("/changes/<change>/decline")
@audience(Audience.MEMBER)
def decline(change: str) -> Response:
    ladders.decline(db.session(), member=current_member().id, change=change, now=clock.now())
    db.session.commit()
    flash(_("Left as it is. There is no hurry."), "success")
    return redirect(url_for("ladder.index"), 303)


@bp.get("/tough-day")
@audience(Audience.MEMBER)
def tough_day() -> str:
    return _tough_page(ToughDayForm())


def _tough_page(form: ToughDayForm) -> str:
    now = clock.now()
    view, soon = _view(), outings.upcoming(db.session(), member=current_member().id, now=now)
    today = [each for each in soon if each.going and each.occurrence.starts_at < now + timedelta(hours=36)]
    return render_template("ladder/tough_day.html", form=form, rung=_at(view), today=today[:1])


def _at(view: LadderView | None) -> RungView | None:
    """Return the step a tough day is about: the present one, or where there is none the highest settled."""
    if view is None:
        return None
    return view.now or next((each for each in reversed(view.rungs) if each.settled_at), view.next)


@bp.post("/tough-day")
@audience(Audience.MEMBER)
def take_smaller() -> Response | tuple[str, int]:
    """Count a smaller version as taking part."""
    form, rung = ToughDayForm(), _at(_view())
    if rung is None:
        raise NotFound
    if not form.validate():
        return _tough_page(form), 422
    what = str(SMALLER[form.what.data])
    ladders.take_smaller(db.session(), member=current_member().id, rung=rung.id, what=what, now=clock.now())
    db.session.commit()
    flash(_("That counts. You kept taking part on a tough day."), "success")
    return redirect(url_for("ladder.index"), 303)


@bp.get("/progress")
@audience(Audience.MEMBER)
def progress() -> Response:
    """Lead on to where expected and found stand now; links to here were kept in bookmarks."""
    return redirect(url_for("progress.index", _anchor="compared-title"), 303)
