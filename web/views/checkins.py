"""Check-ins: what is offered, answering, putting off, stopping, forgetting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import checkins, consent, person_touches, portfolio
from domain.checkin_answers import Balance, SelfAnswers, trend, uneven
from domain.errors import Invalid
from domain.models import CheckInKind, ConsentPurpose
from web import checkin_words, clock, lessons, progress_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.checkins import FORMS, CheckInForm
from web.forms.people import HOW_OFTEN

bp = Blueprint("checkins", __name__, url_prefix="/check-ins")

_KIND = "<any(loneliness, week, self):kind>"
SHOWN = 6


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    session, member, now = db.session(), current_member(), clock.now()
    kept = {kind: checkins.history(session, member=member.id, kind=kind) for kind in CheckInKind}
    lonely = kept[CheckInKind.LONELINESS]
    return render_template(
        "checkins/index.html",
        offers=list(checkins.offers(session, member=member).values()),
        due=checkins.due(session, member=member, now=now),
        names=checkin_words.NAMES,
        about=checkin_words.ABOUT,
        trend=progress_words.TRENDS[trend(lonely)] if lonely else None,
        times=len(lonely),
        weeks=kept[CheckInKind.WEEK][::-1][:SHOWN],
        **_balance(uneven(kept[CheckInKind.SELF])),
        any_kept=any(kept.values()),
        sensitive=True,
    )


def _balance(found: Balance | None) -> dict[str, Any]:
    """Return what is offered where giving and receiving were uneven: sentences, and another pace (R75)."""
    if found is None:
        return {"balance": None}
    session, member = db.session(), current_member()
    touches = person_touches.of(session, member=member.id)
    people = portfolio.of(session, member=member.id) if touches else []
    lesson = lessons.for_balance(found)
    return {
        "balance": checkin_words.UNEVEN[found],
        "lesson": lesson,
        "sayings": lesson.uneven[found],
        "paces": [(each, touches[each.id].every) for each in people if each.id in touches],
        "how_often": HOW_OFTEN,
    }


@bp.get(f"/{_KIND}")
@audience(Audience.MEMBER)
def ask(kind: str) -> str:
    return _page(CheckInKind(kind), FORMS[CheckInKind(kind)]())


def _page(kind: CheckInKind, form: CheckInForm) -> str:
    agreed = consent.has(db.session(), account=current_member().id, purpose=ConsentPurpose.CHECK_INS)
    return render_template(
        f"checkins/{kind}.html",
        kind=kind,
        form=form,
        name=checkin_words.NAMES[kind],
        agreed=agreed,
        wording=consent.WORDINGS[ConsentPurpose.CHECK_INS],
        sensitive=True,
    )


@bp.post(f"/{_KIND}")
@audience(Audience.MEMBER)
def answer(kind: str) -> Response | tuple[str, int]:
    """Keep the answers, once the member has agreed to that."""
    asked = CheckInKind(kind)
    form = FORMS[asked]()
    answers = _answers(form) if form.validate() and _agreed(form) else None
    if answers is None:
        return _page(asked, form), 422
    checkins.answer(db.session(), member=current_member(), kind=asked, answers=answers, now=clock.now())
    db.session.commit()
    said = checkin_words.after_self(answers) if isinstance(answers, SelfAnswers) else []
    flash(" ".join([str(_("Thank you. It is kept, for you alone.")), *said]), "success")
    return redirect(url_for("checkins.index"), 303)


def _agreed(form: CheckInForm) -> bool:
    session, member = db.session(), current_member()
    if consent.has(session, account=member.id, purpose=ConsentPurpose.CHECK_INS):
        return True
    if not form.consent.data:
        form.consent.errors = [_("We need your yes before we keep your answers.")]
        return False
    consent.give(session, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=clock.now())
    return True


def _answers(form: CheckInForm) -> Any:
    try:
        return form.answers()
    except Invalid as invalid:
        for name, text in invalid.problems.items():
            form[name].errors = [*form[name].errors, text]
        return None


@bp.post(f"/{_KIND}/<any(later, stop, again):way>")
@audience(Audience.MEMBER)
def change(kind: str, way: str) -> Response:
    """Put a kind off for a week, stop it, or take it up again."""
    act, words = {
        "later": (checkins.snooze, _("Put off for a week.")),
        "stop": (checkins.stop, _("We will not offer it any more. You can take it up again here.")),
        "again": (checkins.take_up, _("It is offered again.")),
    }[way]
    act(db.session(), member=current_member(), kind=CheckInKind(kind), now=clock.now())
    db.session.commit()
    flash(words, "success")
    return redirect(url_for("checkins.index"), 303)


@bp.post(f"/{_KIND}/mail")
@audience(Audience.MEMBER)
def mail(kind: str) -> Response:
    wanted = request.form.get("wanted") == "yes"
    checkins.remind(
        db.session(), member=current_member(), kind=CheckInKind(kind), by_mail=wanted, now=clock.now()
    )
    db.session.commit()
    flash(_("We will write when it is there.") if wanted else _("No more mails about it."), "success")
    return redirect(url_for("checkins.index"), 303)


@bp.post("/forget")
@audience(Audience.MEMBER)
def forget() -> Response:
    checkins.forget(db.session(), member=current_member(), now=clock.now())
    db.session.commit()
    flash(_("All your answers are deleted, and nothing more is asked."), "success")
    return redirect(url_for("checkins.index"), 303)
