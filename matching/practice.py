"""Practice: small steps from home, for when no outing is under a member's ceiling. Light."""

from __future__ import annotations

from matching.inputs import FEATURES, Need, SituationFeature
from matching.pace import Candidate
from matching.rungs import KINDS, RungKind
from matching.situations import situation

_IN_PERSON = FEATURES.index(SituationFeature.IN_PERSON)
_ANY = frozenset(Need)

#: Smaller than every kind of rung: a ladder may begin with them, and a practice step mostly is one of them.
SMALLEST: tuple[RungKind, ...] = (
    RungKind(
        id="known_message", label="Write a few lines to somebody you know", situation=situation(), needs=_ANY
    ),
    RungKind(
        id="look_round",
        label="Look round an online {interest} group, without writing",
        situation=situation(group_size=0.2, unfamiliar=0.3),
        needs=_ANY,
    ),
)

#: What can be done from home and put down at any moment.
PRACTICES: tuple[RungKind, ...] = (
    *SMALLEST,
    *(kind for kind in KINDS if kind.situation.values[_IN_PERSON] == 0),
)

#: The same, to choose among: a step like any other, so the same ceiling holds.
STEPS: tuple[Candidate, ...] = tuple(
    Candidate(id=kind.id, situation=kind.situation, kind=kind.id) for kind in PRACTICES
)

#: Where even the smallest practice is too much: nothing social, so nothing that a ceiling is about.
ON_PAPER = "on_paper"
