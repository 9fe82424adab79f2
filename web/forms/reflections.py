"""How an outing was: facts, three short questions, small wins; all but the first may stay empty."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from domain.belonging import Welcome
from domain.errors import Invalid
from domain.reflections import (
    LONGEST_NOTE,
    Masking,
    MeetAgain,
    ReflectionBody,
    SafetyBehaviour,
    Signal,
    SmallWin,
)
from web.forms.choices import options
from web.forms.numbers import Between

STAYED, EARLY, NOT = "stayed", "early", "not"
SAFETY: dict[str, Any] = {
    SafetyBehaviour.ON_PHONE: _l("I stayed on my phone"),
    SafetyBehaviour.NEAR_DOOR: _l("I kept near the door"),
    SafetyBehaviour.KEPT_QUIET: _l("I said as little as I could"),
    SafetyBehaviour.REHEARSED: _l("I went over sentences in my head"),
    SafetyBehaviour.ONE_PERSON: _l("I kept close to one person"),
    SafetyBehaviour.DRINK: _l("I had a drink to feel calmer"),
}
WINS: dict[str, Any] = {
    SmallWin.LONGER_TALK: _l("A hello became a longer talk"),
    SmallWin.PLANNED_AGAIN: _l("We planned to meet again"),
    SmallWin.KIND_WORD: _l("Somebody said something kind"),
}
SIGNALS: dict[str, Any] = {
    Signal.ASKED_BACK: _l("We both asked something"),
    Signal.LISTENED: _l("Somebody listened to me"),
    Signal.LAUGHED: _l("We laughed about the same thing"),
    Signal.REMEMBERED: _l("Somebody remembered me, or what I said"),
}
MASKING: dict[str, Any] = {
    Masking.NONE: _l("Not at all, I could be myself"),
    Masking.LITTLE: _l("A little"),
    Masking.QUITE: _l("Quite"),
    Masking.VERY: _l("Very"),
}
WELCOME: dict[str, Any] = {
    Welcome.YES: _l("Yes"),
    Welcome.MOSTLY: _l("Mostly"),
    Welcome.NOT_QUITE: _l("Not quite"),
    Welcome.NO: _l("No"),
    "": _l("I would rather not say"),
}
FEELINGS: dict[str, Any] = {
    "tired": _l("Tired"),
    "sad": _l("Sad"),
    "embarrassed": _l("Embarrassed"),
    "disappointed": _l("Disappointed"),
    "angry": _l("Angry"),
    "relieved": _l("Relieved that it is over"),
}
STEPS: dict[str, Any] = {
    "gentler": _l("Something gentler than this one"),
    "prepare": _l("A small step from home"),
    "rest": _l("A week of rest"),
}
_NUMBER = [Optional(), Between(0, 100, _l("Choose a number from 0 to 100, or leave it empty."))]
_SHORT = [Optional(), Length(max=LONGEST_NOTE, message=_l("A few lines are enough here."))]


def _several(label: Any, choices: dict[str, Any]) -> SelectMultipleField:
    boxes = {"option_widget": CheckboxInput(), "widget": ListWidget(prefix_label=False)}
    return SelectMultipleField(label, choices=options(choices), **boxes)


class ReflectionForm(FlaskForm):  # type: ignore[misc]
    """One short look back at an outing."""

    went = RadioField(
        _l("Did you go?"),
        [InputRequired(_l("Choose one. Each of them is fine."))],
        choices=options(
            {STAYED: _l("Yes"), EARLY: _l("Yes, and I left early"), NOT: _l("No, not this time")}
        ),
    )
    predicted = IntegerField(_l("What had you expected, at the hardest moment?"), _NUMBER)
    peak = IntegerField(_l("How hard was the hardest moment?"), _NUMBER)
    end = IntegerField(_l("How was it at the end?"), _NUMBER)
    good = IntegerField(_l("And how good was it?"), _NUMBER)
    signals = _several(_l("Did any of this happen?"), SIGNALS)
    masking = RadioField(_l("How tiring was it to fit in?"), [Optional()], choices=options(MASKING))
    welcome = RadioField(_l("Did you feel welcome there?"), [Optional()], choices=options(WELCOME))
    otherwise = BooleanField(_l("It was not as it was described"))
    easy = TextAreaField(_l("What felt easy?"), _SHORT)
    challenging = TextAreaField(_l("What was challenging?"), _SHORT)
    adjust = TextAreaField(_l("What would you change next time?"), _SHORT)
    safety = _several(_l("Did any of these help you through?"), SAFETY)
    wins = _several(_l("Small wins"), WINS)
    own_win = StringField(_l("Another small win"), _SHORT)
    again = RadioField(
        _l("Would you meet these people again?"),
        [Optional()],
        choices=options(
            {MeetAgain.YES: _l("Yes"), MeetAgain.MAYBE: _l("Maybe"), MeetAgain.NO: _l("Rather not")}
        ),
    )

    def body(self) -> ReflectionBody | None:
        """Return what was said; None where two answers do not fit, which the fields then say."""
        went = self.went.data != NOT
        try:
            return ReflectionBody(
                attended=went,
                predicted=self.predicted.data,
                peak=self.peak.data if went else None,
                end=self.end.data if went else None,
                good=self.good.data if went else None,
                signals=tuple(Signal(word) for word in self.signals.data or () if went),
                easy=self.easy.data or "",
                challenging=self.challenging.data or "",
                adjust=self.adjust.data or "",
                safety_behaviours=tuple(SafetyBehaviour(word) for word in self.safety.data or () if went),
                left_early=self.went.data == EARLY,
                masking=Masking(self.masking.data) if went and self.masking.data else None,
                welcome=Welcome(self.welcome.data) if went and self.welcome.data else None,
                otherwise=went and bool(self.otherwise.data),
                small_wins=tuple(SmallWin(word) for word in self.wins.data or ()),
                own_win=self.own_win.data or "",
                meet_again=MeetAgain(self.again.data) if went and self.again.data else None,
            )
        except Invalid as invalid:
            for name, text in invalid.problems.items():
                self[name].errors = [*self[name].errors, text]
            return None


class KindnessForm(FlaskForm):  # type: ignore[misc]
    """After a hard one: name it if you like, then choose what comes next."""

    feelings = _several(_l("If you like, give it a name"), FEELINGS)
    step = RadioField(
        _l("What would be good now?"),
        [InputRequired(_l("Choose what would be good now. Rest is a good answer."))],
        choices=options(STEPS),
    )
