"""A step of one's own, a reward, and the smaller version on a tough day."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from domain.ladder_records import LONGEST_LABEL
from domain.ladders import RungBody
from matching.rungs import KINDS
from matching.situations import situation_of
from web.forms.choices import options
from web.forms.numbers import Between
from web.forms.words import tidy

#: Ways of taking a step that ask less; each of them counts.
SMALLER: dict[str, Any] = {
    "ten_minutes": _l("Go for ten minutes, then see"),
    "the_door": _l("Go as far as the door, and decide there"),
    "look_on": _l("Be nearby and only look on"),
    "a_message": _l("Send a message instead of going"),
    "from_home": _l("Read or watch something about it at home"),
}
_NOTHING_STATED = situation_of([1.0, *[None] * 15])


def likenesses() -> list[SelectChoice]:
    """Return the kinds of step a new one may be like."""
    return options({"": _l("I am not sure")} | {kind.id: kind.named() for kind in KINDS})


class OwnStepForm(FlaskForm):  # type: ignore[misc]
    """A step of the member's own."""

    label = StringField(
        _l("What is the step?"),
        [
            InputRequired(_l("Say in a few words what the step is.")),
            Length(max=LONGEST_LABEL, message=_l("Use up to 120 letters.")),
        ],
        description=_l("Something you can do in one go. For example: ask the librarian for a book."),
    )
    like = SelectField(
        _l("Which of these is it most like?"),
        choices=likenesses,
        description=_l("So that we know how big it is. You can leave it."),
    )
    reward = StringField(_l("Something nice for afterwards"), [Optional(), Length(max=200)])

    def body(self) -> RungBody:
        """Return the step; where it is like nothing we know, nothing about it is taken for granted."""
        kind = next((each for each in KINDS if each.id == self.like.data), None)
        return RungBody(
            label=self.label.data,
            kind=kind.id if kind else "own",
            situation=kind.situation if kind else _NOTHING_STATED,
            reward=self.reward.data or None,
        )


class StepForm(FlaskForm):  # type: ignore[misc]
    """A step in one's own words, and something nice paired with it."""

    label = StringField(
        _l("The step, in your words"),
        [
            InputRequired(_l("Say in a few words what the step is.")),
            Length(max=LONGEST_LABEL, message=_l("Use up to 120 letters.")),
        ],
        filters=[tidy],
        description=_l("Other words do not change how big we think it is."),
    )
    reward = StringField(
        _l("Something nice for afterwards"),
        [Optional(), Length(max=200, message=_l("Use up to 200 letters."))],
        description=_l("Leave it empty to take it away."),
    )


class ToughDayForm(FlaskForm):  # type: ignore[misc]
    """A smaller version of today's step."""

    what = RadioField(
        _l("What would be possible today?"),
        [InputRequired(_l("Choose one, or leave it for today. Both are fine."))],
        choices=options(SMALLER),
    )


class PracticeForm(FlaskForm):  # type: ignore[misc]
    """How a step from home was, if they like to say."""

    peak = IntegerField(
        _l("How hard was it?"),
        [Optional(), Between(0, 100, _l("Choose a number from 0 to 100, or leave it empty."))],
        description=_l("Leave it empty if you like."),
    )
