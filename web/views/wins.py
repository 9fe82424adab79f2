"""Small wins: noted at any time, and all of them in one place."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import kind_words, past, wins
from domain.errors import Invalid
from domain.wins import WinKind
from web import clock, progress_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.wins import WinForm
from web.kind_words import SENTENCES

bp = Blueprint("wins", __name__, url_prefix="/wins")


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    return _page(WinForm())


def _page(form: WinForm) -> str:
    noted = past.of(db.session(), member=current_member().id).wins
    return render_template(
        "wins/index.html",
        form=form,
        wins=noted[::-1],
        words=progress_words.WINS,
        kind=kind_words.received(db.session(), member=current_member().id),
        sentences=SENTENCES,
        sensitive=True,
    )


@bp.post("/")
@audience(Audience.MEMBER)
def note() -> Response | tuple[str, int]:
    form = WinForm()
    if not form.validate():
        return _page(form), 422
    try:
        wins.log(
            db.session(),
            member=current_member().id,
            kind=WinKind(form.kind.data),
            words=form.words.data or "",
            now=clock.now(),
        )
    except Invalid as invalid:
        form.words.errors = [*form.words.errors, *invalid.problems.values()]
        return _page(form), 422
    db.session.commit()
    flash(_("Noted. However small, it counts."), "success")
    return redirect(url_for("wins.index"), 303)


@bp.post("/<win>/remove")
@audience(Audience.MEMBER)
def remove(win: str) -> Response:
    wins.remove(db.session(), member=current_member().id, win=win)
    db.session.commit()
    flash(_("Taken out."), "success")
    return redirect(url_for("wins.index"), 303)
