"""Routines in words: what each template begins with, and when one comes round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.routine_body import Nudge, RoutineBody, Template
from web.forms.mails import DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """What a template is called, says of itself, and fills in."""

    title: Any
    about: Any
    name: Any = ""
    days: tuple[int, ...] = ()
    hour: int = 10
    nudge: Nudge = Nudge.HOUR


TEMPLATES: dict[Template, Start] = {
    Template.MESSAGE: Start(
        title=_l("A morning message to a friend"),
        about=_l("Two lines are enough. No need to wait for an answer."),
        name=_l("A morning message to a friend"),
        days=(0, 3),
        hour=9,
        nudge=Nudge.START,
    ),
    Template.WALK: Start(
        title=_l("A walk with a neighbour"),
        about=_l("The same day, the same way round. Talk as you go, or not."),
        name=_l("A walk with a neighbour"),
        days=(1,),
    ),
    Template.HOBBY: Start(
        title=_l("A weekly hobby group"),
        about=_l("The hands are busy and the faces become known."),
        name=_l("My hobby group"),
        days=(3,),
        hour=18,
    ),
    Template.COURSE: Start(
        title=_l("A regular class"),
        about=_l("Somebody else leads. You only have to come."),
        name=_l("My class"),
        days=(2,),
        hour=18,
    ),
    Template.EVENT: Start(
        title=_l("A community event"),
        about=_l("A market, a choir, a shared lunch: something open to all."),
        name=_l("A community event"),
        days=(5,),
        hour=11,
        nudge=Nudge.EVE,
    ),
    Template.OWN: Start(title=_l("Something of your own"), about=_l("Anything that does you good.")),
}
NUDGES = {
    Nudge.NONE: _l("No reminder"),
    Nudge.START: _l("When it begins"),
    Nudge.HOUR: _l("An hour before"),
    Nudge.EVE: _l("The evening before, at 6"),
}
REMINDED = {
    Nudge.NONE: "",
    Nudge.START: _l("A mail comes when it begins."),
    Nudge.HOUR: _l("A mail comes an hour before."),
    Nudge.EVE: _l("A mail comes the evening before, at 6."),
}


def time_words(body: RoutineBody) -> str:
    """Return a time of day such as "09:30"."""
    return f"{body.hour:02}:{body.minute:02}"


def when_words(body: RoutineBody) -> str:
    """Return when it comes round, such as "Monday and Thursday at 09:30"."""
    return str(_("%(days)s at %(time)s", days=days_words(body.days), time=time_words(body)))


def days_words(days: Sequence[int]) -> str:
    """Return days of the week in words."""
    names = [str(DAYS[day]) for day in sorted(days)]
    if len(names) == len(DAYS):
        return str(_("Every day"))
    if len(names) == 1:
        return names[0]
    return str(_("%(days)s and %(last)s", days=", ".join(names[:-1]), last=names[-1]))
