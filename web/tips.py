"""Small things to try, by companion track; each carries what it rests on (R05, R09)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l


class Track(StrEnum):
    """Where a tip belongs (as in the file)."""

    AWARENESS = "awareness"
    CLARITY = "clarity"
    ROUTINE = "routine"
    THOUGHT = "thought"  #: the basis of a tool
    PLEASANT = "pleasant"  #: the basis of a tool


#: The companion tracks, as pages name them.
TRACKS: dict[Track, Any] = {
    Track.AWARENESS: _l("Noticing how you are"),
    Track.CLARITY: _l("Saying things clearly"),
    Track.ROUTINE: _l("Small routines"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tip:
    """One small thing to try."""

    id: str
    track: Track
    text: str
    source: str  #: what it rests on
    read_at: str  #: the page where that was looked up
    checked_on: str  #: the day, as in the file


@cache
def tips() -> tuple[Tip, ...]:
    """Return every tip, in the order of the file."""
    rows = json.loads(Path(__file__).with_name("tips.json").read_text(encoding="utf-8"))
    return tuple(Tip(**{**row, "track": Track(row["track"])}) for row in rows)


def of_track(track: Track) -> list[Tip]:
    """Return the tips of a track."""
    return [tip for tip in tips() if tip.track is track]
