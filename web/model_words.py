"""What is learnt, in words for an admin who is no statistician."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.models import FitOutcome, ModelFit

OUTCOMES: dict[str, Any] = {
    FitOutcome.IN_FORCE: _l("It came into force, and everybody was matched again."),
    FitOutcome.UNCHANGED: _l("Nothing new: it is the same as what was in force."),
    FitOutcome.TOO_FEW: _l("Too few people have a history yet. Words and popularity decide."),
    FitOutcome.WORSE: _l("It found fewer of the newest joins, so it was put aside."),
    FitOutcome.KEPT: _l("It was put aside: an admin asked to keep what is in force."),
    FitOutcome.OVERTAKEN: _l("It was put aside: another came into force in the meantime."),
    FitOutcome.FAILED: _l("It did not succeed. The next night tries again."),
}
#: Who is tried on the hidden joins, by the word it is stored as.
TRIED: dict[str, Any] = {
    "fitted": _l("This one"),
    "in_force": _l("In force before"),
    "popularity": _l("Popularity"),
}
WHO: dict[str, Any] = {"warm": _l("With a history"), "cold": _l("Newcomers")}


def outcome(fit: ModelFit) -> str:
    """Return what became of a fit, or that it is at work."""
    if fit.outcome is None:
        return str(_("It is being learnt now."))
    return str(OUTCOMES[FitOutcome(fit.outcome)])


def trials(fit: ModelFit, measure: str) -> list[dict[str, Any]]:
    """Return a row for newcomers and one for the others: how many of 100 hidden joins each found.

    ``measure``: ``recall``, where every person counts alike, or ``macro``, where every group does.
    """
    measured = fit.measures or {}
    return [
        {
            "who": words,
            "people": measured[regime]["people"],
            "found": [round(100 * measured[regime][name][measure]) for name in TRIED],
        }
        for regime, words in WHO.items()
        if measured.get(regime, {}).get("people")
    ]
