"""A member's progress in sentences: warm, plain, without marks, and never beside anybody else's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.checkin_answers import Trend
from domain.goals import GoalView, Period, Template
from domain.mismatch import NeedServed
from domain.progress import Kind, Month, Outcomes
from domain.widening import Ring
from domain.wins import WinKind
from matching.inputs import Need

WINS: dict[WinKind, Any] = {
    WinKind.LONGER_TALK: _l("A hello became a longer talk"),
    WinKind.PLANNED_AGAIN: _l("We planned to meet again"),
    WinKind.KIND_WORD: _l("Somebody said something kind"),
    WinKind.NEW_TALK: _l("I spoke with somebody new"),
    WinKind.OWN: _l("Something of my own"),
}
#: The six kinds of outing by the ids of the comfort questions; short enough for a small picture.
KINDS: dict[str, Any] = {
    "online_message": _l("A message online"),
    "quiet_walk": _l("A quiet guided walk"),
    "coffee": _l("Coffee with one person"),
    "games_evening": _l("A games evening"),
    "introduction": _l("Introducing yourself"),
    "party": _l("A big party"),
}
TRENDS: dict[Trend, Any] = {
    Trend.FIRST: _l("Thank you. Next time we can say whether anything has moved."),
    Trend.LIGHTER: _l("Compared with the first time, it sounds a little lighter now."),
    Trend.SAME: _l("It sounds about the same as the first time. That is common, and it can change."),
    Trend.HEAVIER: _l(
        "Compared with the first time, it sounds a little heavier now. That can happen, and it can pass. "
        "It may be a good moment to lean on somebody."
    ),
}
_MISSED: dict[Need, Any] = {
    Need.CONFIDANT: _l(
        "Getting close to one person is easier where only a few come, or with the same people again."
    ),
    Need.DAYTIME_CHAT: _l("Most of your outings were in the evening. There are some by day."),
    Need.SHARED_ACTIVITY: _l("Your outings were mostly for talking. There are some with something to do."),
    Need.GROUP_INVOLVEMENT: _l(
        "You went to a new place almost each time. Going back lets faces become familiar."
    ),
}


def kind_sentence(kind: Kind) -> str:
    """Return what has moved for one kind of outing, and how sure that is."""
    if not kind.sure:
        return str(_("About as before, as far as we can tell."))
    if kind.moved > 0:
        return str(_("It may feel easier now than at first."))
    return str(_("It may feel harder now than at first. That can change again."))


def month_sentence(month: Month) -> str:
    """Return what there was in a month."""
    parts = [
        ngettext("%(num)s outing", "%(num)s outings", month.outings) if month.outings else "",
        ngettext("%(num)s of them planned as a step", "%(num)s of them planned as a step", month.planned)
        if month.planned
        else "",
        ngettext("%(num)s small win", "%(num)s small wins", month.wins) if month.wins else "",
        ngettext("%(num)s step from home", "%(num)s steps from home", month.prepared)
        if month.prepared
        else "",
        ngettext("%(num)s time for a routine", "%(num)s times for a routine", month.routines)
        if month.routines
        else "",
    ]
    return ", ".join(str(part) for part in parts if part) or str(_("A quiet month. Rest is part of it."))


def outcome_sentences(found: Outcomes) -> tuple[str, str]:
    """Return both outcomes: being out at all, and how good the contact was."""
    out = ngettext(
        "In the last three months you went out once.",
        "In the last three months you went out %(num)s times.",
        found.outings,
    )
    if not found.outings:
        out = _("These three months were for resting. Whenever you like, there is a next small step.")
    return str(out), _contact(found)


def _contact(found: Outcomes) -> str:
    said = []
    if found.good is not None:
        said.append(_("Together, you called them %(words)s.", words=good_words(found.good)))
    if found.good is not None and found.earlier_good is not None:
        said.append(_than_before(found.good - found.earlier_good))
    if found.signals:
        said.append(
            ngettext(
                "You noticed one sign that people met.",
                "You noticed %(num)s signs that people met.",
                found.signals,
            )
        )
    if found.again:
        said.append(
            ngettext(
                "Once there were people you would like to meet again.",
                "%(num)s times there were people you would like to meet again.",
                found.again,
            )
        )
    return " ".join(str(each) for each in said) or str(
        _("Say after an outing how good it was, and it will stand here.")
    )


def _than_before(change: float) -> str:
    if abs(change) < 5:
        return str(_("That is about as before."))
    return str(_("That is better than before.")) if change > 0 else str(_("Before, it was a little better."))


def good_words(good: float) -> str:
    """Return how good it was, 0 to 100, in words."""
    words = (_("not so good"), _("a little good"), _("fairly good"), _("good"), _("very good"))
    return str(words[sum(good >= bound for bound in (20, 40, 60, 80))])


def course_sentence(change: float | None, *, falling: str, rising: str) -> str:
    """Return which way numbers went, newer half against older; plain where there are too few."""
    if change is None:
        return str(_("A few more outings, and you can see which way it goes."))
    if abs(change) < 5:
        return str(_("About the same so far. It may take its time."))
    return falling if change < 0 else rising


def need_sentence(served: NeedServed) -> str:
    """Return how one's outings go with a need: kindly, as a thing to know."""
    if not served.mismatch:
        return str(
            ngettext(
                "One of your last outings goes with this.",
                "%(num)s of your last outings go with this.",
                served.served,
            )
            if served.served
            else _("Too early to say. Your next outings will tell.")
        )
    seen = (
        ngettext("Your last outing", "Your last %(num)s outings", served.outings)
        if served.need is not Need.CONFIDANT or served.large * 2 < served.outings
        else ngettext(
            "Your last outing, in a larger group,",
            "Your last %(num)s outings, mostly in larger groups,",
            served.outings,
        )
    )
    return f"{_('%(outings)s led somewhere else.', outings=seen)} {_MISSED[served.need]}"


def ring_sentence(ring: Ring) -> str:
    """Return how wide the circle is; a few people are not counted out loud."""
    groups = ngettext("one group", "%(num)s groups", ring.groups)
    people = _("%(number)s people", number=ring.people) if ring.people else _("a few people")
    first = _("So far you have been with %(groups)s and met %(people)s.", groups=groups, people=people)
    again = (
        ngettext(
            "Once you went back to a group you knew.",
            "%(num)s times you went back to a group you knew.",
            ring.again,
        )
        if ring.again
        else ""
    )
    return f"{first} {again}".strip()


def goal_sentence(goal: GoalView) -> str:
    """Return the goal as one would say it."""
    times = goal.body.times
    if goal.body.template is Template.NEW_CONVERSATION:
        return str(ngettext("One new conversation a week", "%(num)s new conversations a week", times))
    return str(
        ngettext("A known event once a month", "A known event %(num)s times a month", times)
        if times != 2
        else _("A known event twice a month")
    )


def goal_standing(goal: GoalView) -> str:
    """Return how it stands in the present week or month; part of it is something (R87)."""
    done, times = goal.present.done, goal.body.times
    if not done:
        return str(_("Nothing yet, and there is time."))
    if done < times:
        return str(_("%(done)s of %(times)s is something.", done=done, times=times))
    return str(_("%(done)s of %(times)s. You did what you set out to do.", done=done, times=times))


def goal_of_another(goal: GoalView) -> tuple[str, str]:
    """Return somebody's goal, and how it stands in the present week or month, as a supporter reads it."""
    weekly = goal.body.template is Template.NEW_CONVERSATION
    standing = (
        _("%(done)s so far this week", done=goal.present.done)
        if weekly
        else _("%(done)s so far this month", done=goal.present.done)
    )
    return goal_sentence(goal), str(standing)


def period_sentence(period: Period, template: Template) -> str:
    """Return an earlier week or month of a goal; a quiet one is just that."""
    pattern, words = (
        ("d MMMM", _l("Week of %(day)s: %(done)s"))
        if template is Template.NEW_CONVERSATION
        else ("MMMM", _l("%(day)s: %(done)s"))
    )
    done = str(period.done) if period.done else str(_("quiet"))
    return str(words) % {"day": format_date(period.first, pattern), "done": done}


def listed(words: Sequence[str]) -> str:
    """Return words as one would say them: "walking, books and tea"."""
    said = list(words)
    if len(said) < 2:
        return "".join(said)
    return str(_("%(first)s and %(last)s", first=", ".join(said[:-1]), last=said[-1]))
