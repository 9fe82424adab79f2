"""What a list of events is narrowed to, as asked for in the address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _

from domain.agenda import Wish
from domain.inclusion import Item
from web import clock, filters, outing_words

#: How far ahead a choice of "when" looks: from and to, in days from local midnight.
SPANS: dict[str, tuple[int, int]] = {"today": (0, 1), "week": (0, 7), "fortnight": (0, 14)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The filters as asked for; anything unknown counts as not asked."""

    interest: str
    when: str
    place: str
    free: bool
    needs: tuple[Item, ...]

    @property
    def query(self) -> dict[str, Any]:
        """Return what is to be carried on to the next page."""
        asked = {
            "interest": self.interest,
            "when": self.when,
            "place": self.place,
            "free": "1" if self.free else "",
        } | asking_for(self.needs)
        return {name: value for name, value in asked.items() if value}


def chosen(*, places: frozenset[str] = frozenset({"online", "there"})) -> Chosen:
    """Read the filters from the request; ``places`` are the answers to "where" that a page knows."""
    args = request.args
    return Chosen(
        interest=args.get("interest", "") if args.get("interest") in outing_words.LABELS else "",
        when=args.get("when", "") if args.get("when") in SPANS else "",
        place=args.get("place", "") if args.get("place") in places else "",
        free=args.get("free") == "1",
        needs=tuple(item for item in Item if args.get(need_name(item)) == "1"),
    )


def need_name(item: Item) -> str:
    """Return what a need is called in an address; each by itself, as nothing may stand there twice."""
    return f"need_{item.value}"


def asking_for(needs: Collection[str]) -> dict[str, Any]:
    """Return what narrows a list to these needs, for an address."""
    return {need_name(item): "1" for item in Item if item in needs}


def wish(asked: Chosen, **span: Any) -> Wish:
    """Return the filters as `domain.agenda` takes them; ``span``: after and before."""
    return Wish(
        interest=asked.interest or None,
        online={"online": True, "there": False}.get(asked.place),
        free=asked.free,
        needs=asked.needs,
        **span,
    )


def span(asked: Chosen) -> dict[str, Any]:
    """Return from when to when, whole days of the member's own."""
    today = clock.now().astimezone(filters.own_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = SPANS.get(asked.when, (0, 60))
    return {"after": today + timedelta(days=first), "before": today + timedelta(days=last)}


def where() -> list[tuple[str, str]]:
    """Return the answers to "where" of the list of events."""
    return [("", _("Anywhere")), ("there", _("In person")), ("online", _("Online"))]
