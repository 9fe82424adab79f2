"""A needs card in words: as its owner says them, and as the others read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from domain.card_body import Boundary, CardBody, Ease, Telling

EASES: Mapping[Ease, Any] = {
    Ease.QUIET_AT_FIRST: _l("I am quiet at first"),
    Ease.WARM_UP_SLOWLY: _l("I warm up slowly"),
    Ease.START_TALK: _l("It helps when you start the talk"),
    Ease.ONE_AT_A_TIME: _l("I follow best when one person talks at a time"),
    Ease.SILENCE: _l("Sitting in silence is fine with me"),
    Ease.STEP_OUTSIDE: _l("I may step outside for a bit"),
    Ease.LEAVE_EARLY: _l("I may leave early"),
}
BOUNDARIES: Mapping[Boundary, Any] = {
    Boundary.NO_TOUCH: _l("No hugs or handshakes, please"),
    Boundary.NO_PHOTOS: _l("No photos of me, please"),
    Boundary.NO_ALCOHOL: _l("No alcohol for me"),
    Boundary.NO_ROUND: _l("Please do not make me introduce myself"),
    Boundary.NOT_WORK: _l("Please do not ask about work"),
    Boundary.NOT_FAMILY: _l("Please do not ask about family"),
    Boundary.NOT_HEALTH: _l("Please do not ask about my health"),
    Boundary.NO_NUMBERS: _l("I keep my phone number to myself at first"),
}
TELLING: Mapping[Telling, Any] = {
    Telling.LISTEN: _l("Just listen, please"),
    Telling.IDEAS: _l("Ideas are welcome"),
    Telling.ASK: _l("Ask me which: just listen, or ideas"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A card as it stands on a page, part by part; a part that was left open is empty."""

    eases: list[Any] = field(repr=False)
    boundaries: list[Any] = field(repr=False)
    telling: Any = field(repr=False)
    words: str = field(repr=False)


def shown(card: CardBody) -> Shown | None:
    """Return a card in words, in the order of the form; none for one that says nothing."""
    if not card:
        return None
    return Shown(
        eases=[words for slug, words in EASES.items() if slug in card.eases],
        boundaries=[words for slug, words in BOUNDARIES.items() if slug in card.boundaries],
        telling=TELLING[card.telling] if card.telling else "",
        words=card.words,
    )
