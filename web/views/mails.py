"""Mails: which ones a member is sent, the weekly letter, and stopping it from the letter itself."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import checkins, digests, person_dates, person_touches, routines
from web import checkin_words, clock
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.mails import DAYS, TIMES, LetterForm

bp = Blueprint("mails", __name__)


@bp.get("/account/mails/")
@audience(Audience.MEMBER)
def index() -> str:
    return _page(LetterForm(**_chosen()))


def _chosen() -> dict[str, int]:
    digest = digests.of(db.session(), member=current_member().id)
    return {"weekday": digest.weekday, "hour": digest.hour} if digest else {}


def _page(form: LetterForm) -> str:
    session, member = db.session(), current_member()
    digest = digests.of(session, member=member.id)
    offers = checkins.offers(session, member=member).values()
    return render_template(
        "mails/index.html",
        form=form,
        digest=digest if digest and digest.wanted else None,
        days=DAYS,
        times=TIMES,
        zone=member.time_zone.replace("/", ", ").replace("_", " "),
        days_kept=person_dates.planned(session, member=member.id),
        touches=person_touches.planned(session, member=member.id),
        routines=routines.planned(session, member=member.id),
        asked=[checkin_words.NAMES[each.kind] for each in offers if each.by_mail and not each.stopped],
    )


@bp.post("/account/mails/letter")
@audience(Audience.MEMBER)
def choose() -> Response | tuple[str, int]:
    form = LetterForm()
    if not form.validate():
        return _page(form), 422
    digests.choose(
        db.session(),
        member=current_member(),
        weekday=form.weekday.data,
        hour=form.hour.data,
        now=clock.now(),
    )
    db.session.commit()
    flash(_("Saved. Where there is nothing to say, we will not write."), "success")
    return redirect(url_for("mails.index"), 303)


@bp.post("/account/mails/none")
@audience(Audience.MEMBER)
def none() -> Response:
    digests.stop(db.session(), member=current_member().id)
    db.session.commit()
    flash(_("No more letters about the week."), "success")
    return redirect(url_for("mails.index"), 303)


@bp.post("/account/mails/no-reminders")
@audience(Audience.MEMBER)
def no_reminders() -> Response:
    """Stop every reminder of a day, of a routine and to get in touch; what was noted stays."""
    for each in (person_dates, person_touches, routines):
        each.stop(db.session(), member=current_member().id)
    db.session.commit()
    flash(_("No more reminders. What you noted stays."), "success")
    return redirect(url_for("mails.index"), 303)


@bp.get("/mails/stop/<token>")
@audience(Audience.ANYONE)
def ask_stop(token: str) -> str:
    """Show the button: programs that follow links in mails must not stop anything."""
    digests.member_of(db.session(), token)
    return render_template("mails/stop.html", token=token, stopped=False)


@bp.post("/mails/stop/<token>")
@audience(Audience.ANYONE)
def stop(token: str) -> str:
    """Stop the weekly letter, asked by a mail program (RFC 8058) or a person; signed in or not."""
    session = db.session()
    digests.stop(session, member=digests.member_of(session, token))
    db.session.commit()
    return render_template("mails/stop.html", token=token, stopped=True)
