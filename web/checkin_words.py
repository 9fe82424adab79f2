"""The three kinds of check-in, as pages name them, and what follows from an answer."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.checkin_answers import Balance, SelfAnswers
from domain.models import CheckInKind

NAMES: dict[CheckInKind, Any] = {
    CheckInKind.LONELINESS: _l("How connected you feel"),
    CheckInKind.WEEK: _l("A look at the week"),
    CheckInKind.SELF: _l("Being yourself"),
}
ABOUT: dict[CheckInKind, Any] = {
    CheckInKind.LONELINESS: _l("Four questions, a few times a year. You can see how it moves over time."),
    CheckInKind.WEEK: _l("What was good, what was hard, and one small thing for next week."),
    CheckInKind.SELF: _l("Two questions, every other month. If you had to hide a lot, ideas become gentler."),
}


def after_self(said: SelfAnswers) -> list[str]:
    """Return what a look at oneself leads to, in words."""
    found = []
    if said.low:
        found.append(_("Hiding oneself is tiring. The next ideas will be a little gentler."))
    elif said.myself is not None:
        found.append(_("Good to know. Go on choosing people and places where that works."))
    if said.balance is Balance.GAVE:
        found.append(
            _("You gave a lot. You could ask for something small: “Could you choose the place this time?”")
        )
    elif said.balance is Balance.RECEIVED:
        found.append(_("You were given to. A small thank-you is enough, and times change."))
    return [str(each) for each in found]


UNEVEN: dict[Balance, Any] = {
    Balance.GAVE: _l(
        "Twice in a row you gave more than you got. You could say what you need, or meet less often."
    ),
    Balance.RECEIVED: _l(
        "Twice in a row you got more than you gave. Times change. You could ask how it is for them."
    ),
}
