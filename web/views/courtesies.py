"""One tap around an outing: running late, leaving early, thank you; and taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import courtesies, outings
from domain.models import CourtesyKind
from web import clock
from web.auth import Audience, audience, current_member
from web.db import db

bp = Blueprint("courtesies", __name__)

_KIND = "<any(late, early, thanks):kind>"


@bp.post(f"/outings/<rsvp>/{_KIND}")
@audience(Audience.MEMBER)
def say(rsvp: str, kind: str) -> Response:
    outing = outings.one(db.session(), member=current_member().id, rsvp=rsvp)
    courtesies.say(db.session(), outing, kind=CourtesyKind(kind), now=clock.now())
    db.session.commit()
    flash(_("Done. You do not have to explain."), "success")
    return redirect(url_for("rsvps.page", rsvp=rsvp), 303)


@bp.post(f"/outings/<rsvp>/{_KIND}/back")
@audience(Audience.MEMBER)
def take_back(rsvp: str, kind: str) -> Response:
    outing = outings.one(db.session(), member=current_member().id, rsvp=rsvp)
    courtesies.take_back(db.session(), outing, kind=CourtesyKind(kind))
    db.session.commit()
    flash(_("Taken back."), "success")
    return redirect(url_for("rsvps.page", rsvp=rsvp), 303)
