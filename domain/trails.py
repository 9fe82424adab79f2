"""The trail of a comfort state: how hard six kinds of situation were anticipated to be, outing by outing.

A worker, which has the numerics, appends a point; the pages read the few numbers. Sealed, short, one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import delete
from sqlalchemy.orm import Session

from domain import sealed
from domain.models import ComfortTrail

KEPT = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """How hard a situation was anticipated to be at its worst point, SUDS 0-100, with an 80 % interval."""

    suds: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """What was anticipated at one moment."""

    at: datetime
    index: float = field(repr=False)  #: comfort index, SUDS; see `matching.comfort`
    index_sd: float = field(repr=False)
    kinds: Mapping[str, Span] = field(repr=False)  #: by id of the comfort question

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {
            "at": self.at.isoformat(),
            "index": round(self.index, 1),
            "index_sd": round(self.index_sd, 1),
            "kinds": {
                name: [round(span.suds, 1), round(span.low, 1), round(span.high, 1)]
                for name, span in self.kinds.items()
            },
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed point."""
        return cls(
            at=datetime.fromisoformat(body["at"]),
            index=body["index"],
            index_sd=body["index_sd"],
            kinds={
                name: Span(suds=suds, low=low, high=high) for name, (suds, low, high) in body["kinds"].items()
            },
        )


def read(session: Session, *, member: str) -> tuple[Point, ...]:
    """Return a member's trail, oldest first."""
    row = session.get(ComfortTrail, member)
    body = {} if row is None else sealed.unseal(session, row)
    return tuple(Point.from_json(each) for each in body.get("points", ()))


def append(session: Session, *, member: str, point: Point, now: datetime) -> None:
    """Add a point; the first one always stays, so that one can look back to where it began."""
    points = [*read(session, member=member), point]
    kept = [*points[:1], *points[1:][-(KEPT - 1) :]]
    row = session.get(ComfortTrail, member) or ComfortTrail(member=member)
    row.updated_at = now
    sealed.seal(session, row, {"points": [each.to_json() for each in kept]})
    session.add(row)
    session.flush()


def forget(session: Session, *, member: str) -> None:
    """Delete a member's trail."""
    session.execute(delete(ComfortTrail).where(ComfortTrail.member == member))
