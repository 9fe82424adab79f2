"""The questions of the three kinds of check-in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from domain.checkin_answers import (
    LONGEST,
    Answers,
    Balance,
    LonelinessAnswers,
    Lonely,
    Often,
    SelfAnswers,
    WeekAnswers,
)
from domain.models import CheckInKind
from web.forms.choices import options
from web.forms.numbers import Between

_ALL_FOUR = [InputRequired(_l("Choose one. The four questions belong together."))]
_SHORT = [Optional(), Length(max=LONGEST, message=_l("A few lines are enough here."))]
_OFTEN: dict[Often, Any] = {
    Often.HARDLY: _l("Hardly ever or never"),
    Often.SOMETIMES: _l("Some of the time"),
    Often.OFTEN: _l("Often"),
}


class CheckInForm(FlaskForm):  # type: ignore[misc]
    """What each kind asks besides its questions."""

    consent = BooleanField(_l("Yes, keep my answers for me"))

    def answers(self) -> Answers:
        """Return what was said."""
        raise NotImplementedError


class LonelinessForm(CheckInForm):
    """The four questions, worded as the UK's Office for National Statistics recommends."""

    companionship = RadioField(
        _l("How often do you feel that you lack companionship?"), _ALL_FOUR, choices=options(_OFTEN)
    )
    left_out = RadioField(_l("How often do you feel left out?"), _ALL_FOUR, choices=options(_OFTEN))
    isolated = RadioField(
        _l("How often do you feel isolated from others?"), _ALL_FOUR, choices=options(_OFTEN)
    )
    lonely = RadioField(
        _l("How often do you feel lonely?"),
        _ALL_FOUR,
        choices=options(
            {
                Lonely.OFTEN: _l("Often or always"),
                Lonely.SOMETIMES: _l("Some of the time"),
                Lonely.OCCASIONALLY: _l("Occasionally"),
                Lonely.HARDLY: _l("Hardly ever"),
                Lonely.NEVER: _l("Never"),
            }
        ),
    )

    def answers(self) -> LonelinessAnswers:
        """Return what was said."""
        return LonelinessAnswers(
            companionship=Often(self.companionship.data),
            left_out=Often(self.left_out.data),
            isolated=Often(self.isolated.data),
            lonely=Lonely(self.lonely.data),
        )


class WeekForm(CheckInForm):
    """A look at the week."""

    good = TextAreaField(_l("What was good?"), _SHORT)
    hard = TextAreaField(_l("What was hard?"), _SHORT)
    next = TextAreaField(_l("One small thing for the week to come"), _SHORT)

    def answers(self) -> WeekAnswers:
        """Return what was said."""
        return WeekAnswers(good=self.good.data or "", hard=self.hard.data or "", next=self.next.data or "")


class SelfForm(CheckInForm):
    """A look at oneself."""

    myself = IntegerField(
        _l("With other people these weeks, how much could you be yourself?"),
        [Optional(), Between(0, 100, _l("Choose a number from 0 to 100, or leave it empty."))],
    )
    balance = RadioField(
        _l("Giving and receiving, these weeks"),
        [Optional()],
        choices=options(
            {
                Balance.GAVE: _l("I gave more than I got"),
                Balance.EVEN: _l("About even"),
                Balance.RECEIVED: _l("I got more than I gave"),
            }
        ),
    )

    def answers(self) -> SelfAnswers:
        """Return what was said."""
        return SelfAnswers(
            myself=self.myself.data, balance=Balance(self.balance.data) if self.balance.data else None
        )


FORMS: dict[CheckInKind, type[CheckInForm]] = {
    CheckInKind.LONELINESS: LonelinessForm,
    CheckInKind.WEEK: WeekForm,
    CheckInKind.SELF: SelfForm,
}
