"""What the page and the feed of recurring events are narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel.dates import get_day_names
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from domain.agenda import Wish
from domain.reach import Reach
from domain.recurring import Day
from web import event_wishes
from web.event_wishes import Chosen

ANYWHERE = "anywhere"
DAYS = {each.name.lower().replace("_", "-"): each for each in Day}
NAMES = {day: name for name, day in DAYS.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The filters of the list of events, a day, and whether to look beyond the member's reach."""

    filters: Chosen
    day: Day | None

    @property
    def day_name(self) -> str:
        """Return the day as it stands in an address; empty: any."""
        return "" if self.day is None else NAMES[self.day]

    @property
    def query(self) -> dict[str, Any]:
        """Return what is to be carried on to the next page, and to the feed."""
        day = {"day": self.day_name} if self.day_name else {}
        return {name: value for name, value in self.filters.query.items() if name != "when"} | day

    def wish(self) -> Wish:
        """Return the filters as `domain.recurring` takes them."""
        return event_wishes.wish(self.filters)

    def reach(self, own: Reach) -> Reach:
        """Return how far to look: as far as the member goes, if they did not ask for anywhere."""
        return Reach() if self.filters.place == ANYWHERE else own


def chosen() -> Asked:
    """Read the filters from the request; anything unknown counts as not asked."""
    filters = event_wishes.chosen(places=frozenset({"online", "there", ANYWHERE}))
    return Asked(filters=filters, day=DAYS.get(request.args.get("day", "")))


def where(own: Reach) -> list[tuple[str, str]]:
    """Return the answers to "where", from how far the member goes."""
    if own.online_only:
        return [("", _("Online, as you chose")), (ANYWHERE, _("Anywhere"))]
    if own.centre is None:
        return event_wishes.where()
    return [
        ("", _("Near you, and online")),
        ("there", _("In person, near you")),
        ("online", _("Online")),
        (ANYWHERE, _("Anywhere")),
    ]


def day_words(day: Day) -> str:
    """Return what a part of the page is called."""
    match day:
        case Day.MOST_DAYS:
            return str(_("Most days"))
        case Day.CHANGING:
            return str(_("On changing days"))
    return str(get_day_names("wide", locale=get_locale())[int(day)])
