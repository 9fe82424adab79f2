"""Who is whose child, as Linux tells it."""

from __future__ import annotations

from pathlib import Path


def below(pid: int) -> list[int]:
    """Return every process below ``pid``, children before grandchildren."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, level = [], [pid]
    while level := [child for each in level for child in parents.get(each, [])]:
        found += level
    return found


def children(pid: int) -> list[int]:
    """Return the children of ``pid``; none where it is gone."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
