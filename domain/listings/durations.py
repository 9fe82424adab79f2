"""ISO 8601 durations, as JSON-LD and CSV write them."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?",
    re.ASCII,
)


def iso_duration(value: object) -> timedelta | None:
    """Return the length of ``PT1H30M`` and the like; None for nothing, for zero and for anything else."""
    found = _DURATION.fullmatch(value.strip().upper()) if isinstance(value, str) else None
    if found is None:
        return None
    return timedelta(**{unit: int(count) for unit, count in found.groupdict().items() if count}) or None
