"""Why a ladder moved, as codes a page puts into words; stored in sealed changes."""

from __future__ import annotations

from enum import StrEnum


class ChangeReason(StrEnum):
    """The reason of a change (stored as these words)."""

    EASIER = "easier_than_expected"  #: numbers: expected, found
    AS_EXPECTED = "as_expected"  #: numbers: expected, found
    HARDER = "harder_than_expected"  #: numbers: expected, found
    WENT = "went"  #: went, and did not say how hard it was
    DID_NOT_GO = "did_not_go"  #: nothing is lost by it
    CALM_TWICE = "calm_twice"  #: settled: two calm outings in a row without help
    CALM_SURE = "calm_sure"  #: settled: calm with good certainty; numbers: probability
    READY = "ready"  #: proposes the next rung; numbers: next_anticipated
    FELT_TOO_MUCH = "felt_too_much"  #: proposes something gentler; words: the easing, for a split
    PLATEAU = "plateau"  #: six outings without movement: another kind of step
