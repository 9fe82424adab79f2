"""For one's own calendar: outings, one at a time or all by a private link, and what comes back near one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _

from domain import outings, reach, recurring, routines
from domain.errors import NotFound
from domain.models import Member
from web import clock, feed_links, recurring_wishes
from web.auth import Audience, audience, current_member
from web.calendar import Weekly, calendar_of, recurring_calendar
from web.config import WebConfig
from web.db import db
from web.feed_links import Feed

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


@bp.get("/calendar/<token>/recurring.ics")
@audience(Audience.ANYONE)
def recurring_feed(token: str) -> Response:
    """Return what comes back near whoever the link belongs to, narrowed as its address says."""
    session, now = db.session(), clock.now()
    member = session.get(Member, feed_links.member_of(token, Feed.RECURRING))
    if member is None:
        raise NotFound
    asked = recurring_wishes.chosen()
    found = recurring.feed(
        session,
        member=member.id,
        wish=asked.wish(),
        reach=asked.reach(reach.of_member(session, member)),
        now=now,
        day=asked.day,
    )
    body = recurring_calendar(found, base_url=_base_url(), now=now, name=str(_("What comes back")))
    return _file(body, "recurring.ics")


def _base_url() -> str:
    config: WebConfig = current_app.extensions["handrail_config"]
    return config.base_url


def _file(body: bytes, name: str) -> Response:
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
