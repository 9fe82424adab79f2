"""Saying yes, what was said yes to, and taking it back with one tap."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import agenda, company, courtesies, outings, reflections, rsvps, suggestions, tasks, wins
from domain.agenda import Entry
from domain.company import Company
from domain.models import Answer, RsvpStatus, Suggestion
from domain.outings import Outing
from domain.rsvps import OverCap
from web import clock, feed_links, filters, inclusion_words, outing_words, progress_words, topics
from web.auth import Audience, audience, current_member
from web.calendar import place_lines
from web.db import db
from web.forms.rsvps import YesForm

bp = Blueprint("rsvps", __name__)


@bp.get("/occurrences/<occurrence>/yes")
@audience(Audience.MEMBER)
def ask(occurrence: str) -> str | Response:
    """Say what a yes means, before it is given."""
    entry = _entry(occurrence)
    if entry.occurrence.cancelled_at or entry.occurrence.starts_at <= clock.now():
        return redirect(url_for("events.page", occurrence=occurrence), 303)
    plan = rsvps.plan(db.session(), entry.answer) if entry.answer else rsvps.Plan()
    form = YesForm(
        data={
            "expected": plan.expected,
            "reward": plan.reward,
            "intentional": bool(entry.answer and entry.answer.intentional),
            "suggestion": request.args.get("suggestion", ""),
        }
    )
    return _ask_page(entry, form)


def _entry(occurrence: str) -> Entry:
    return agenda.one(db.session(), member=current_member().id, occurrence=occurrence)


def _ask_page(entry: Entry, form: YesForm, **more: Any) -> str:
    evidence = reflections.evidence(db.session(), member=current_member().id, limit=1)
    return render_template(
        "rsvps/ask.html",
        entry=entry,
        form=form,
        card=outing_words.card(entry.occurrence, entry.event, entry.group),
        missing=inclusion_words.missing(entry.event, entry.group, inclusion_words.asked_for()),
        topics=topics.prepared(entry.event),
        evidence=evidence,
        win=_newest_win(),
        **more,
    )


def _newest_win() -> str | None:
    """Return the last small win noted besides reflections: it counts as evidence too (R63)."""
    newest = next(iter(wins.logged(db.session(), member=current_member().id)), None)
    return (newest.words or str(progress_words.WINS[newest.kind])) if newest else None


@bp.post("/occurrences/<occurrence>/yes")
@audience(Audience.MEMBER)
def accept(occurrence: str) -> Response | tuple[str, int]:
    """Say yes; more than the member wanted in a week asks once more, with a no prepared."""
    form = YesForm()
    if not form.validate():
        return _ask_page(_entry(occurrence), form), 422
    member, now = current_member().id, clock.now()
    try:
        row = rsvps.respond(
            db.session(),
            member=member,
            occurrence=occurrence,
            status=RsvpStatus.YES,
            now=now,
            intentional=bool(form.intentional.data),
            expected=form.expected.data,
            reward=form.reward.data or None,
            over_cap=form.over_cap.data == "1",
        )
    except OverCap as over:
        return render_template("rsvps/over_cap.html", entry=_entry(occurrence), form=form, over=over), 409
    _answer_suggestion(form.suggestion.data, occurrence, Answer.YES)
    db.session.commit()
    return redirect(url_for("rsvps.page", rsvp=row.id, said="yes"), 303)


def _answer_suggestion(suggestion: str | None, occurrence: str, answer: Answer) -> None:
    """Note the answer with the suggestion it came from, if it is this member's and about this outing."""
    member = current_member().id
    row = db.session.get(Suggestion, suggestion) if suggestion else None
    if row is not None and row.member == member and row.occurrence == occurrence:
        suggestions.answer(db.session(), member=member, suggestion=row.id, answer=answer, now=clock.now())


@bp.post("/occurrences/<occurrence>/no")
@audience(Audience.MEMBER)
def decline(occurrence: str) -> Response:
    rsvps.respond(
        db.session(),
        member=current_member().id,
        occurrence=occurrence,
        status=RsvpStatus.NO,
        now=clock.now(),
    )
    _answer_suggestion(request.form.get("suggestion"), occurrence, Answer.NOT_NOW)
    db.session.commit()
    flash(_("Noted. Saying no is part of looking after yourself."), "success")
    return redirect(url_for("suggestions.index"), 303)


@bp.get("/outings/")
@audience(Audience.MEMBER)
def index() -> str:
    session, member, now = db.session(), current_member(), clock.now()
    return render_template(
        "rsvps/index.html",
        upcoming=outings.upcoming(session, member=member.id, now=now),
        awaiting=outings.awaiting(session, member=member.id, now=now),
        past=outings.past(session, member=member.id, now=now, limit=10),
        feed=feed_links.link(member.id),
    )


def _outing(rsvp: str) -> Outing:
    return outings.one(db.session(), member=current_member().id, rsvp=rsvp)


@bp.get("/outings/<rsvp>/")
@audience(Audience.MEMBER)
def page(rsvp: str) -> str:
    """Show one outing: when, where exactly, what to expect, how to change it."""
    outing, now = _outing(rsvp), clock.now()
    occurrence, session = outing.occurrence, db.session()
    return render_template(
        "rsvps/page.html",
        outing=outing,
        card=outing_words.card(occurrence, outing.event, outing.group),
        place=place_lines(outing.event),
        said=request.args.get("said"),
        reminds=rsvps.reminder_at(occurrence.starts_at, filters.own_zone()) > now,
        begun=occurrence.starts_at <= now,
        over=occurrence.ends_at <= now,
        offered=_offered(outing),
        company=_company(outing),
        tasks=tasks.offers(session, outing),
        open_to=courtesies.open_to(session, outing, now=now),
        courtesies_said=courtesies.said(session, outing),
        of_companions=courtesies.of_companions(
            session, member=outing.rsvp.member, occurrence=occurrence, now=now
        ),
        topics=topics.prepared(outing.event),
        evidence=reflections.evidence(db.session(), member=current_member().id, limit=1),
        win=_newest_win(),
    )


def _company(outing: Outing) -> Company | None:
    """Return how far going with a few others has come, for who goes."""
    if not outing.going:
        return None
    return company.look(
        db.session(), member=outing.rsvp.member, occurrence=outing.occurrence, now=clock.now()
    )


def _offered(outing: Outing) -> bool:
    """Return whether who waits could have a place now."""
    waiting = outing.rsvp.status == RsvpStatus.WAITING
    return waiting and rsvps.place_offered(
        db.session(), member=outing.rsvp.member, occurrence=outing.occurrence
    )


@bp.post("/outings/<rsvp>/cancel")
@audience(Audience.MEMBER)
def cancel(rsvp: str) -> Response:
    """Take a yes back: one tap, no question."""
    row = rsvps.cancel(db.session(), member=current_member().id, rsvp=rsvp, now=clock.now())
    db.session.commit()
    return redirect(url_for("rsvps.page", rsvp=row.id, said="no"), 303)
