"""Suggestions: three cards, how the search for them goes, and "not this one" as easy as "yes"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import (
    checkins,
    heartbeats,
    ladders,
    outings,
    person_dates,
    reflections,
    routines,
    runs,
    sealed,
    suggestions,
)
from domain.errors import NotFound
from domain.events import Lane
from domain.models import Answer, MatchingRun, RunStatus, Suggestion
from domain.suggestions import CurrentSuggestion
from matching.practice import ON_PAPER
from matching.stages import Stage
from web import clock, filters, inclusion_words, outing_words, reason_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.ladder import PracticeForm

bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")

#: The page asks again after 300 ms at first, then every second, and seldom once the search was put off.
FIRST, LATER, SELDOM = "300ms", "1s", "10s"
#: A search that waits longer than this, with no worker heard of, is put off kindly.
PATIENCE = timedelta(seconds=20)


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> Response:
    """Show what waits for an answer; a browser without script that looks again is refreshed by itself."""
    facts = _facts(delay=FIRST)
    response = make_response(render_template("suggestions/index.html", **facts, **_beside()))
    if facts["state"] == "running" and "again" in request.args:
        response.headers["Refresh"] = "3"
    return response


@bp.get("/progress")
@audience(Audience.MEMBER)
def progress() -> str:
    """Return the part of the page that asks for itself until the search has ended."""
    return render_template("suggestions/_region.html", fragment=True, **_facts(delay=LATER))


def _facts(*, delay: str) -> dict[str, Any]:
    session, member, now = db.session(), current_member(), clock.now()
    run = runs.latest(session, member=member.id)
    needs = inclusion_words.asked_for()
    cards = [_card(each, needs) for each in suggestions.current(session, member=member.id)]
    state = _state(run)
    return {
        "cards": cards,
        "state": state,
        "stage": reason_words.STAGES.get(run.stage or Stage.LOADING) if run else None,
        "share": _share(run),
        "poll": {
            "hx-get": url_for("suggestions.progress"),
            "hx-trigger": f"load delay:{SELDOM if state == 'late' else delay}",
            "hx-target": "#found",
            "hx-swap": "outerHTML",
        },
        "left_out": reason_words.exclusions(run.outcome) if run else [],
        "paused_until": member.paused_until if member.paused_until and member.paused_until > now else None,
    }


def _beside() -> dict[str, Any]:
    """Return what stands beside the suggestions; a search that asks how far it is needs none of it."""
    session, member, now = db.session(), current_member(), clock.now()
    ladder = ladders.current(session, member=member.id)
    return {
        "step": ladder.now if ladder else None,
        "upcoming": outings.upcoming(session, member=member.id, now=now)[:2],
        "awaiting": outings.awaiting(session, member=member.id, now=now, limit=1),
        "kept_in_mind": person_dates.any_today(session, member=member, now=now),
        "in_the_week": _in_the_week(),
        "check_in": next(iter(checkins.due(session, member=member, now=now)), None),
    }


def _in_the_week() -> int:
    """Return how many small things of the member's week are for today and still open."""
    now = clock.now()
    found = routines.of(db.session(), member=current_member(), now=now)
    return len(routines.open_today(found, today=now.astimezone(filters.own_zone()).date()))


def _state(run: MatchingRun | None) -> str:
    """Return none, running, late, failed or finished."""
    if run is None:
        return "none"
    if run.status == RunStatus.FAILED:
        return "failed"
    if run.status == RunStatus.FINISHED:
        return "finished"
    waits = clock.now() - run.requested_at > PATIENCE
    return "late" if waits and not _heard() else "running"


def _heard() -> bool:
    """Return whether a worker that matches was heard of lately."""
    return heartbeats.alive(db.session(), kind="worker", lane=Lane.MATCHING, now=clock.now())


def _share(run: MatchingRun | None) -> int:
    """Return how far the search is, 0-100."""
    stages = [str(stage) for stage in Stage]
    if run is None or run.status != RunStatus.RUNNING or run.stage not in stages:
        return 5
    return round(100 * (stages.index(run.stage) + 1) / (len(stages) + 1))


def _card(suggestion: CurrentSuggestion, needs: tuple[str, ...]) -> dict[str, Any]:
    row, body = suggestion.row, suggestion.body
    if suggestion.occurrence is None or suggestion.event is None or suggestion.group is None:
        return _preparation(row, body)
    facts = outing_words.card(suggestion.occurrence, suggestion.event, suggestion.group)
    return (
        facts
        | outing_words.pressure(body.get("anticipated"))
        | {
            "id": row.id,
            "role": row.kind,
            "kind": _("A gentler one, for a tough day") if row.kind == "gentler" else None,
            "why": reason_words.why(body.get("reasons", [])),
            "missing": inclusion_words.missing(suggestion.event, suggestion.group, needs),
            "accept_url": url_for("suggestions.accept", suggestion=row.id),
            "decline_url": url_for("suggestions.decline", suggestion=row.id),
            "not_a_fit_url": url_for("suggestions.not_a_fit", suggestion=row.id),
        }
    )


def _preparation(row: Suggestion, body: dict[str, Any]) -> dict[str, Any]:
    interests = [each.interest for each in current_member().interests]
    social = body.get("practice") != ON_PAPER
    return {
        "id": row.id,
        "role": "preparation",
        "title": reason_words.preparation(body.get("practice"), interests),
        "form": PracticeForm(formdata=None) if social else None,
        "done_url": url_for("suggestions.prepared", suggestion=row.id),
        "decline_url": url_for("suggestions.decline", suggestion=row.id),
    }


@bp.post("/look")
@audience(Audience.MEMBER)
def look() -> Response:
    """Ask for new ones; a search that waits already is enough."""
    runs.request(db.session(), member=current_member().id, reason="asked", now=clock.now())
    db.session.commit()
    return redirect(url_for("suggestions.index"), 303)


@bp.post("/<suggestion>/yes")
@audience(Audience.MEMBER)
def accept(suggestion: str) -> Response:
    """Lead on to the page that says what a yes means; nothing is decided yet."""
    row = _own(suggestion)
    if row.occurrence is None:
        raise NotFound
    return redirect(url_for("rsvps.ask", occurrence=row.occurrence, suggestion=row.id), 303)


@bp.post("/<suggestion>/not-this-one")
@audience(Audience.MEMBER)
def decline(suggestion: str) -> Response:
    _answer(suggestion, Answer.NOT_NOW)
    flash(_("That is fine. We are looking for another one."), "success")
    return redirect(url_for("suggestions.index"), 303)


@bp.get("/<suggestion>/not-a-fit")
@audience(Audience.MEMBER)
def not_a_fit(suggestion: str) -> str:
    row = _own(suggestion)
    found = [each for each in suggestions.current(db.session(), member=row.member) if each.row.id == row.id]
    if not found or found[0].event is None:
        raise NotFound
    return render_template("suggestions/not_a_fit.html", row=row, event=found[0].event, group=found[0].group)


@bp.post("/<suggestion>/not-a-fit")
@audience(Audience.MEMBER)
def does_not_fit(suggestion: str) -> Response:
    _answer(suggestion, Answer.NOT_A_FIT)
    flash(_("Noted, and kept between us. We will not suggest this group again."), "success")
    return redirect(url_for("suggestions.index"), 303)


@bp.post("/<suggestion>/done")
@audience(Audience.MEMBER)
def prepared(suggestion: str) -> Response:
    """Note that a step from home was taken, and how hard it was: it counts, and another is looked for."""
    row, form = _own(suggestion), PracticeForm()
    if row.occurrence is not None:
        raise NotFound
    if not form.validate():
        flash(form.peak.errors[0], "error")
        return redirect(url_for("suggestions.index"), 303)
    practice = sealed.unseal(db.session(), row).get("practice", "")
    _take_in(row, practice, form.peak.data)
    flash(_("Well done. Small steps at home count too."), "success")
    return redirect(url_for("suggestions.index"), 303)


def _take_in(row: Suggestion, practice: str, peak: int | None) -> None:
    """Note the yes once, and let the worker learn from it what there is to learn."""
    if row.answer != Answer.YES:
        session, now = db.session(), clock.now()
        suggestions.answer(session, member=row.member, suggestion=row.id, answer=Answer.YES, now=now)
        if practice != ON_PAPER:
            reflections.record_practice(session, member=row.member, practice=practice, peak=peak, now=now)
        runs.request(session, member=row.member, reason="prepared", now=now)
        session.commit()


def _own(suggestion: str) -> Suggestion:
    row = db.session.get(Suggestion, suggestion)
    if row is None or row.member != current_member().id:
        raise NotFound
    return row


def _answer(suggestion: str, answer: Answer) -> Suggestion:
    row = suggestions.answer(
        db.session(), member=current_member().id, suggestion=suggestion, answer=answer, now=clock.now()
    )
    db.session.commit()
    return row
