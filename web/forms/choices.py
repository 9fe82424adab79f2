"""The closed lists members choose from, in the words they read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from domain.inclusion import Item
from domain.listings.interests import INTERESTS
from matching.inputs import Need

NEEDS: Mapping[Need, str] = {
    Need.CONFIDANT: _l("Someone to trust"),
    Need.DAYTIME_CHAT: _l("A light chat in the day"),
    Need.SHARED_ACTIVITY: _l("Doing something together"),
    Need.GROUP_INVOLVEMENT: _l("Being part of a group"),
    Need.NOT_SURE: _l("I am not sure yet"),
}
NEED_NOTES: Mapping[Need, str] = {
    Need.CONFIDANT: _l("One person to share things with, in time."),
    Need.DAYTIME_CHAT: _l("A few friendly words, over tea or on a bench."),
    Need.SHARED_ACTIVITY: _l("Walking, making, playing: the hands are busy, and talk can wait."),
    Need.GROUP_INVOLVEMENT: _l("The same faces each week, and a place of your own among them."),
    Need.NOT_SURE: _l("That is fine. We start broad and gentle."),
}
ACCESS: Mapping[Item, str] = {
    Item.STEP_FREE: _l("No steps on the way in"),
    Item.SEATING: _l("A seat all the time"),
    Item.QUIET: _l("A quiet place to step aside"),
    Item.TOILETS: _l("A toilet close by"),
    Item.HEARING_LOOP: _l("A hearing loop"),
    Item.TRANSPORT: _l("A bus or train stop close by"),
    Item.GREETER: _l("Somebody who says hello"),
    Item.NEWCOMERS: _l("Nothing asked of new people"),
    Item.FRIEND: _l("You can bring a friend"),
    Item.NO_COST: _l("A way to come without paying"),
    Item.CAPTIONS: _l("Captions or text, where it is online"),
}
VALUES: Mapping[str, str] = {
    "kindness": _l("Kindness"),
    "honesty": _l("Honesty"),
    "humour": _l("Humour"),
    "curiosity": _l("Curiosity"),
    "creativity": _l("Making things"),
    "nature": _l("Nature"),
    "fairness": _l("Fairness"),
    "patience": _l("Patience"),
    "health": _l("Health"),
    "culture": _l("Culture"),
}

#: How the interests stand together on the page; one that is missing here appears under the last heading.
GROUPED: Mapping[str, tuple[str, ...]] = {
    str(name): tuple(slugs.split())
    for name, slugs in (
        ("outside", "walking hiking nature birdwatching gardening animals environment farmers-markets"),
        ("hands", "crafts knitting ceramics woodwork painting photography cooking baking design workshops"),
        ("heads", "books poetry languages talks history science astronomy technology coding quizzes"),
        (
            "music",
            "live-music classical-music jazz folk-music choir theatre comedy cinema dance museums visual-art",
        ),
        ("moving", "cycling running swimming yoga sports health meditation"),
    )
}
HEADINGS: Mapping[str, str] = {
    "outside": _l("Outside"),
    "hands": _l("Making things"),
    "heads": _l("Reading, learning, wondering"),
    "music": _l("Music, stage and art"),
    "moving": _l("Moving, and being still"),
    "other": _l("People and everything else"),
}


def options(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    """Return what a field of choices is given, from values and their labels."""
    return [SelectChoice(str(value), label) for value, label in labels.items()]


def interest_choices() -> list[SelectChoice]:
    """Return every interest, its slug and its label."""
    return options({each.slug: each.label for each in INTERESTS})


def interest_label(slug: str) -> str:
    """Return what an interest is called on a page."""
    return next((each.label for each in INTERESTS if each.slug == slug), slug)


def grouped_interests() -> list[tuple[str, list[str]]]:
    """Return headings with the slugs under each, in the order of the page; every interest appears once."""
    placed = {slug for slugs in GROUPED.values() for slug in slugs}
    known = {each.slug for each in INTERESTS}
    groups = [(HEADINGS[name], [slug for slug in slugs if slug in known]) for name, slugs in GROUPED.items()]
    rest = [each.slug for each in INTERESTS if each.slug not in placed]
    return [*groups, (HEADINGS["other"], rest)]
