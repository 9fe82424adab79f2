"""Outings for one's own calendar: one at a time, or all of them by a private link."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _

from domain import outings, routines
from domain.models import Member
from web import clock, feed_links
from web.auth import Audience, audience, current_member
from web.calendar import Weekly, calendar_of
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
    """Return the outings and the week of whoever the link belongs to, for programs that cannot sign in."""
    member, now = feed_links.member_of(token), clock.now()
    going = [each for each in outings.upcoming(db.session(), member=member, now=now) if each.going]
    body = calendar_of(going, base_url=_base_url(), now=now, name=str(_("Outings")), week=_week(member, now))
    return _file(body, "outings.ics")


def _week(member: str, now: datetime) -> list[Weekly]:
    """Return the routines that do not rest; others may see a calendar, so none of them is named."""
    row = db.session.get_one(Member, member)
    zone = ZoneInfo(row.time_zone)
    return [
        Weekly(
            id=each.id,
            title=str(_("Something of my week")),
            first=each.body.begins(each.body.next_day(now.astimezone(zone).date()), zone).astimezone(zone),
            days=each.body.days,
        )
        for each in routines.of(db.session(), member=row, now=now)
        if not each.paused
    ]


def _base_url() -> str:
    config: WebConfig = current_app.extensions["handrail_config"]
    return config.base_url


def _file(body: bytes, name: str) -> Response:
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
