"""Outings for one's own calendar: one at a time, or all of them by a private link."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _

from domain import outings
from web import clock, feed_links
from web.auth import Audience, audience, current_member
from web.calendar import calendar_of
from web.config import WebConfig
from web.db import db

bp = Blueprint("calendar", __name__)


@bp.get("/outings/<rsvp>/calendar.ics")
@audience(Audience.MEMBER)
def one(rsvp: str) -> Response:
    outing = outings.one(db.session(), member=current_member().id, rsvp=rsvp)
    body = calendar_of([outing], base_url=_base_url(), now=clock.now())
    return _file(body, "outing.ics")


@bp.get("/calendar/<token>.ics")
@audience(Audience.ANYONE)
def feed(token: str) -> Response:
    """Return the outings of whoever the link belongs to, for calendar programs that cannot sign in."""
    member, now = feed_links.member_of(token), clock.now()
    going = [each for each in outings.upcoming(db.session(), member=member, now=now) if each.going]
    return _file(calendar_of(going, base_url=_base_url(), now=now, name=str(_("Outings"))), "outings.ics")


def _base_url() -> str:
    config: WebConfig = current_app.extensions["handrail_config"]
    return config.base_url


def _file(body: bytes, name: str) -> Response:
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
