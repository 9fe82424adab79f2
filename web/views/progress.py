"""A member's progress, for themselves alone."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask_babel import format_date
from flask_babel import gettext as _

from domain import goals, ladders, members, notices, past, progress, trails, widening
from domain.mismatch import needs_served
from domain.past import Past, PastOuting
from domain.progress import Kind
from web import clock, filters, ladder_words, outing_words, progress_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.choices import NEEDS

bp = Blueprint("progress", __name__, url_prefix="/progress")

#: Outings drawn at once; a longer picture says no more.
DRAWN = 8


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    session, member, now = db.session(), current_member(), clock.now()
    been = past.of(session, member=member.id)
    kinds = progress.by_kind(trails.read(session, member=member.id))
    return render_template(
        "progress/index.html",
        sayings=[ladder_words.SAYINGS[code] for code in notices.of(session, member=member)],
        ladder=ladders.current(session, member=member.id),
        goals=[_goal(each) for each in goals.current(session, been, member=member, now=now)],
        empty=not (been.outings or been.wins or been.prepared or been.routines),
        kinds=[_kind(each) for each in kinds],
        moved=sum(kind.sure and kind.moved > 0 for kind in kinds),
        compared=[_compared(each) for each in progress.compared(been)[:DRAWN]],
        easier=sum((each.body.surprise or 0) > 0 for each in progress.compared(been)),
        outcomes=progress_words.outcome_sentences(progress.outcomes(been, now=now)),
        months=_months(been, now),
        needs=_needs(been),
        **_courses(been),
        **_repertoire(been),
        circle=_circle(been),
    )


def _goal(goal: goals.GoalView) -> dict[str, str]:
    return {"text": progress_words.goal_sentence(goal), "standing": progress_words.goal_standing(goal)}


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "label": str(progress_words.KINDS[kind.id]),
        "wording": kind.wording,
        "sentence": progress_words.kind_sentence(kind),
        "first": round(kind.first.suds),
        "now": round(kind.now.suds),
        "low": round(kind.now.low),
        "high": round(kind.now.high),
        "points": [
            {
                "label": _short_day(at),
                "value": round(span.suds),
                "low": round(span.low),
                "high": round(span.high),
            }
            for at, span in kind.points[-DRAWN:]
        ],
    }


def _short_day(moment: datetime) -> str:
    return str(format_date(moment.astimezone(filters.own_zone()).date(), "d MMM"))


def _name(outing: PastOuting) -> str:
    """Return what a picture calls an outing; it has to fit a small phone."""
    return f"{textwrap.shorten(outing.title, 28, placeholder='…')}, {_short_day(outing.at)}"


def _compared(outing: PastOuting) -> dict[str, Any]:
    return {"label": _name(outing), "expected": outing.body.predicted, "found": outing.body.peak}


def _courses(been: Past) -> dict[str, Any]:
    """Return how hard and how good it was, outing by outing, with a sentence about each."""
    hard, good = progress.daunting(been), progress.rewarding(been)
    return {
        "hard": [{"label": _name(each), "value": number} for each, number in hard[-DRAWN:]],
        "hard_sentence": progress_words.course_sentence(
            progress.drift([number for _each, number in hard]),
            falling=_("The hardest moments have become easier."),
            rising=_("The hardest moments are harder than they were. Smaller steps are on the ladder."),
        ),
        "good": [{"label": _name(each), "value": number} for each, number in good[-DRAWN:]],
        "good_sentence": progress_words.course_sentence(
            progress.drift([number for _each, number in good]),
            falling=_("Your outings were a little better before. Another kind may suit you more."),
            rising=_("Your outings have become better for you."),
        ),
    }


def _months(been: Past, now: datetime) -> list[dict[str, str]]:
    found = progress.months(been, zone=ZoneInfo(current_member().time_zone), now=now)
    return [
        {"name": str(format_date(month.first, "MMMM y")), "text": progress_words.month_sentence(month)}
        for month in found
    ]


def _needs(been: Past) -> list[dict[str, Any]]:
    wanted = members.read_private(db.session(), current_member()).needs
    return [
        {
            "need": NEEDS[each.need],
            "text": progress_words.need_sentence(each),
            "mismatch": each.mismatch,
        }
        for each in needs_served(wanted, been.attended)
        if each.outings
    ]


def _repertoire(been: Past) -> dict[str, Any]:
    found = progress.repertoire(been)
    return {
        "moments": found.moments,
        "about": outing_words.interest_words(found.interests),
        "wins": [str(progress_words.WINS[kind]) for kind in found.wins] + list(found.own),
        "prepared": found.prepared,
    }


def _circle(been: Past) -> dict[str, Any] | None:
    rings = widening.widening(db.session(), member=current_member().id, attended=been.attended)
    if not rings:
        return None
    rows = [
        {"label": _short_day(ring.at), "groups": ring.groups, "people": ring.people}
        for ring in rings[-DRAWN:]
    ]
    return {"sentence": progress_words.ring_sentence(rings[-1]), "rows": rows}
