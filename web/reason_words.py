"""Why something is suggested, why other things were not, and what the worker is doing, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matching.inputs import Need
from matching.practice import PRACTICES
from matching.rungs import RungKind
from matching.stages import Stage
from web.forms.choices import VALUES
from web.outing_words import interest_words

NEEDS: dict[str, Any] = {
    Need.CONFIDANT: _l("It is a place where two people can get to know each other."),
    Need.DAYTIME_CHAT: _l("It offers what you look for: an easy chat by day."),
    Need.SHARED_ACTIVITY: _l("It offers what you look for: something to do together."),
    Need.GROUP_INVOLVEMENT: _l("It offers what you look for: being part of a group."),
}
PLAIN: dict[str, Any] = {
    "kindred": _l("People who like what you like come here."),
    "right_sized": _l("It is about the size of step you are working on."),
    "gentler": _l("It asks less of you than the others."),
    "been_before": _l("You have been here before, so some of it is familiar."),
    "regular": _l("It happens often, so faces become familiar."),
    "good_energy": _l("It is at a time when you often have energy."),
    "belonging": _l("People there say they feel at home."),
    "preparation": _l("Nothing out there is the right size today. This can be done from home."),
}
#: Where even the smallest step is too much just now.
ALONE = _l("Think of one outing you might like one day. Write down what you expect there.")
STAGES: dict[str, Any] = {
    Stage.LOADING: _l("Reading what you told us"),
    Stage.CANDIDATES: _l("Looking at what is near and at good times"),
    Stage.SCORING: _l("Seeing what is the right size"),
    Stage.RANKING: _l("Choosing three"),
    Stage.EXPLAINING: _l("Noting why"),
    Stage.STORING: _l("Nearly there"),
}


def why(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Return the weightiest one or two reasons as sentences."""
    said = [sentence for reason in reasons if (sentence := _reason(reason))]
    return " ".join(said[:2]) or str(_("It fits what you told us."))


def _reason(reason: Mapping[str, Any]) -> str | None:
    words = reason.get("data", {}).get("words") or []
    match reason["code"]:
        case "shared_interests":
            return str(_("You like %(interests)s.", interests=interest_words(words)))
        case "values":
            return str(
                _(
                    "It is about something you care for: %(values)s.",
                    values=", ".join(str(VALUES.get(word, word)).lower() for word in words),
                )
            )
        case "need":
            return str(NEEDS[words[0]]) if words and words[0] in NEEDS else None
        case code:
            return str(PLAIN[code]) if code in PLAIN else None


Counted = Callable[[int], str]
EXCLUDED: dict[str, Counted] = {
    "horizon": lambda n: ngettext("%(num)s was too far ahead.", "%(num)s were too far ahead.", n),
    "already_going": lambda n: ngettext(
        "%(num)s you are going to already.", "%(num)s you are going to already.", n
    ),
    "declined": lambda n: ngettext("%(num)s you said no to.", "%(num)s you said no to.", n),
    "not_a_fit": lambda n: ngettext("%(num)s did not fit you before.", "%(num)s did not fit you before.", n),
    "avoided": lambda n: ngettext(
        "%(num)s had something you want to avoid.", "%(num)s had something you want to avoid.", n
    ),
    "access": lambda n: ngettext(
        "%(num)s did not say that it meets your access needs.",
        "%(num)s did not say that they meet your access needs.",
        n,
    ),
    "time": lambda n: ngettext(
        "%(num)s was at a time when you have no energy.", "%(num)s were at times when you have no energy.", n
    ),
    "distance": lambda n: ngettext(
        "%(num)s was further than you like to go.", "%(num)s were further than you like to go.", n
    ),
    "not_open": lambda n: ngettext("%(num)s had no place open.", "%(num)s had no place open.", n),
    "weekly_cap": lambda n: ngettext(
        "%(num)s fell in a week that is full enough.", "%(num)s fell in weeks that are full enough.", n
    ),
    "rest_gap": lambda n: ngettext(
        "%(num)s was too close to another outing of yours.",
        "%(num)s were too close to another outing of yours.",
        n,
    ),
    "weekly_distress": lambda n: ngettext(
        "%(num)s would have made the week a lot.", "%(num)s would have made the week a lot.", n
    ),
    "ceiling": lambda n: ngettext(
        "%(num)s may be more than you want to take on.", "%(num)s may be more than you want to take on.", n
    ),
}


def exclusions(outcome: Mapping[str, Any] | None) -> list[str]:
    """Return why other events were left out, the most frequent reason first."""
    counts = (outcome or {}).get("excluded", {})
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [str(EXCLUDED[reason](number)) for reason, number in ordered if number and reason in EXCLUDED]


def preparation(practice: str | None, interests: Sequence[str]) -> str:
    """Return what a step from home is called for this member."""
    kind = next((each for each in PRACTICES if each.id == practice), None)
    return label(kind, interests) if kind else str(ALONE)


def label(kind: RungKind, interests: Sequence[str]) -> str:
    """Return a kind's label with one of the member's interests in it."""
    return kind.named(interest_words(interests[:1]))
