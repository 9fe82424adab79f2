"""The few numbers of a comfort state that a progress page shows."""

from __future__ import annotations

from datetime import datetime

from domain.trails import Point, Span
from matching.comfort import anticipate, index_of
from matching.inputs import Comfort
from matching.situations import QUESTIONS


def point_of(comfort: Comfort, *, at: datetime) -> Point:
    """Return what is anticipated for the six asked kinds of situation at a moment."""
    index = index_of(comfort)
    found = {question.id: anticipate(comfort, question.situation) for question in QUESTIONS}
    return Point(
        at=at,
        index=index.suds,
        index_sd=index.sd,
        kinds={name: Span(suds=each.suds, low=each.low, high=each.high) for name, each in found.items()},
    )
