"""Words of the admin pages: who, how long, what a lane is for; members appear as short ids."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from domain.events import Lane
from domain.models import Member
from matching import settings
from web import filters
from web.auth import viewer
from web.db import db

LANES: dict[str, Any] = {
    Lane.MATCHING: _l("somebody waits for suggestions"),
    Lane.DEFAULT: _l("everyday work"),
    Lane.MAIL: _l("letters to go out"),
    Lane.BULK: _l("large work that keeps nobody waiting"),
}
EXCLUSIONS: dict[str, Any] = {
    "paused": _l("the member takes a break"),
    "horizon": _l("too far ahead"),
    "already_going": _l("already going"),
    "declined": _l("already said no to it"),
    "not_a_fit": _l("said not to be a fit"),
    "avoided": _l("something to avoid"),
    "access": _l("an access need is not met"),
    "not_open": _l("no place left, or not open to this member"),
    "weekly_cap": _l("enough planned that week"),
    "rest_gap": _l("too close to another outing"),
    "time": _l("not a time with energy"),
    "distance": _l("too far away"),
    "weekly_distress": _l("too much for one week"),
    "ceiling": _l("too much at once"),
}


def short(identity: str | None) -> str:
    """Return the end of an id: enough to tell two rows apart, not enough to know anybody by."""
    return identity[-6:] if identity else "–"


def person(account: str | None) -> str:
    """Return who did something: you, a name that the person chose, or a short id."""
    if account is None:
        return str(_("Handrail itself"))
    if account == viewer().account:
        return str(_("you"))
    member = db.session.get(Member, account)
    return member.display_name if member else str(_("admin %(id)s", id=short(account)))


def ago(seconds: float) -> str:
    """Return how long something has taken: in seconds, minutes and hours, then days."""
    if seconds < 90:
        return str(ngettext("%(num)s second", "%(num)s seconds", round(seconds)))
    if seconds < 172_800:
        return filters.duration_words(seconds / 60)
    return str(ngettext("%(num)s day", "%(num)s days", round(seconds / 86_400)))


def number(value: float) -> str:
    """Return a setting's value without needless digits."""
    return f"{value:g}"


def exclusion(reason: str) -> str:
    """Return why events were ruled out."""
    return str(EXCLUSIONS.get(reason) or reason.replace("_", " "))


def table(*columns: settings.MatchingSettings) -> list[dict[str, Any]]:
    """Return a row per setting on which the columns do not all agree: its meaning, unit and values."""
    bodies = [each.to_json() for each in columns]
    return [
        {"name": name, **facts, "values": [number(body[name]) for body in bodies]}
        for name, facts in settings.describe().items()
        if len({body[name] for body in bodies}) > 1
    ]
