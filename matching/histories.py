"""Read a community's history from CSV files; what is malformed is refused by file, line and reason."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_matrix

from matching.community import Community, Groups, People
from matching.content import Document
from matching.features import Floats

Row = Mapping[str, str]
T = TypeVar("T")
#: A text longer than this is a sign of a broken quote.
_LONGEST_FIELD = 1_000_000
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf)", re.ASCII)
#: Times as numbers, and from where on they are milliseconds; what a date of so few letters lacks.
_EPOCH, _MILLISECONDS = re.compile(r"\d{9,13}(\.\d+)?", re.ASCII), 1e11
_FIRST_DAY = {4: "-01-01", 7: "-01"}


class HistoryError(ValueError):
    """A file cannot be used; the message names file, line and reason."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the files say; ``test`` holds the pairs of ``test.csv``, which are in no join."""

    community: Community
    members: tuple[str, ...]
    test: csr_matrix | None  #: (members, groups)
    later: bool = False  #: whether the test pairs are known to have come after nearly all joins


def read_history(folder: Path) -> History:
    """Return the history in ``members.csv``, ``groups.csv``, ``joins.csv`` and, if present, ``test.csv``.

    A pair in both joins and test is taken out of the joins; a join stated twice counts once, with its larger
    weight; a join of weight 0 says nothing. Weights count as multiples of their median. Raises HistoryError.
    """
    members = _table(folder, "members.csv", ("member_id",), _described)
    groups = _table(folder, "groups.csv", ("group_id",), _described)
    member_rows = {name: row for row, name in enumerate(members)}
    group_rows = {name: row for row, name in enumerate(groups)}
    joins = _pairs(folder, "joins.csv", member_rows, group_rows)
    test = _pairs(folder, "test.csv", member_rows, group_rows) if (folder / "test.csv").exists() else None
    kept = {pair: join for pair, join in joins.items() if join.weight > 0 and pair not in (test or {})}
    shape = (len(members), len(groups))
    timed = bool(kept) and all(join.at is not None for join in kept.values())
    people = People(
        documents=tuple(each.document for each in members.values()),
        places=_places(list(members.values())),
        joins=_matrix(_evened({pair: join.weight for pair, join in kept.items()}), shape),
        joined_at=_matrix({pair: join.at or 0.0 for pair, join in kept.items()}, shape) if timed else None,
    )
    described = Groups(
        ids=tuple(groups),
        documents=tuple(each.document for each in groups.values()),
        places=_places(list(groups.values())),
    )
    return History(
        community=Community(people=people, groups=described),
        members=tuple(members),
        test=None if test is None else _matrix(dict.fromkeys(test, 1.0), shape),
        later=timed and test is not None and _later(test, joins, kept),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Described:
    document: Document
    place: tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Join:
    weight: float
    at: float | None


_Joins = Mapping[tuple[int, int], _Join]


def _table(
    folder: Path, name: str, required: Sequence[str], parse: Callable[[Row], _Described]
) -> dict[str, _Described]:
    found: dict[str, _Described] = {}
    for line, row in _rows(folder, name, required):
        key = row[required[0]]
        if key in found:
            raise HistoryError(name, line, f"{required[0]} {key!r} is there twice")
        found[key] = _parsed(name, line, row, parse)
    if not found:
        raise HistoryError(name, 1, "has no rows")
    return found


def _pairs(
    folder: Path, name: str, members: Mapping[str, int], groups: Mapping[str, int]
) -> dict[tuple[int, int], _Join]:
    found: dict[tuple[int, int], _Join] = {}
    for line, row in _rows(folder, name, ("member_id", "group_id")):
        member, group = members.get(row["member_id"]), groups.get(row["group_id"])
        if member is None:
            raise HistoryError(name, line, f"member_id {row['member_id']!r} is not in members.csv")
        if group is None:
            raise HistoryError(name, line, f"group_id {row['group_id']!r} is not in groups.csv")
        join = _parsed(name, line, row, _joined)
        earlier = found.get((member, group))
        if earlier is None or join.weight > earlier.weight:
            found[member, group] = join
    return found


def _later(test: _Joins, joins: _Joins, kept: _Joins) -> bool:
    """Return whether the test pairs, by their own times or those of the joins, came after those kept."""
    times = [join.at if join.at is not None else joins.get(pair, join).at for pair, join in test.items()]
    known = [at for at in times if at is not None]
    before = [join.at for join in kept.values() if join.at is not None]
    return len(known) == len(test) > 0 and bool(np.quantile(known, 0.05) >= np.quantile(before, 0.95))


def _rows(folder: Path, name: str, required: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Yield line number and fields of every row that is not blank."""
    line = 0
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file, _long_fields():
            reader = csv.reader(file, strict=True)
            header = _header(name, next(reader, []), required)
            line = reader.line_num
            for fields in reader:
                line = reader.line_num
                if len(fields) > 1 or "".join(fields).strip():
                    yield line, _named(name, line, header=header, fields=fields, required=required)
    except FileNotFoundError:
        raise HistoryError(name, 0, "is missing") from None
    except OSError as problem:
        raise HistoryError(name, 0, problem.strerror or "cannot be read") from None
    except UnicodeDecodeError:
        raise HistoryError(name, _undecodable(folder / name), "is not UTF-8 text") from None
    except csv.Error as problem:
        raise HistoryError(name, line + 1, str(problem)) from None


def _undecodable(path: Path) -> int:
    """Return the number of the first line that is not UTF-8 text."""
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 0


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let a text be long while a history is read: the library keeps one limit for the whole process."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _header(name: str, fields: Sequence[str], required: Sequence[str]) -> list[str]:
    header = [field.strip() for field in fields]
    missing = [column for column in required if column not in header]
    if missing:
        raise HistoryError(name, 1, f"has no column {missing[0]}")
    if len(set(header)) < len(header):
        raise HistoryError(name, 1, "has a column twice")
    if ("lat" in header) != ("lon" in header):
        raise HistoryError(name, 1, "has one of lat and lon but not the other")
    return header


def _named(
    name: str, line: int, *, header: Sequence[str], fields: Sequence[str], required: Sequence[str]
) -> Row:
    if len(fields) != len(header):
        raise HistoryError(name, line, f"has {len(fields)} fields where the first line has {len(header)}")
    row = {column: field.strip() for column, field in zip(header, fields, strict=True)}
    for column in required:
        if not row[column]:
            raise HistoryError(name, line, f"{column} is empty")
    return row


def _parsed(name: str, line: int, row: Row, parse: Callable[[Row], T]) -> T:
    try:
        return parse(row)
    except ValueError as problem:
        raise HistoryError(name, line, str(problem)) from None


def _described(row: Row) -> _Described:
    tags = row.get("interests", "") or row.get("tags", "")
    said = (row.get("title", ""), row.get("text", ""))
    return _Described(
        document=Document(
            tags=tuple(tag.strip() for tag in tags.split(";") if tag.strip()),
            text=" ".join(part for part in said if part),
        ),
        place=_place(row.get("lat", ""), row.get("lon", "")),
    )


def _place(latitude: str, longitude: str) -> tuple[float, float]:
    if not latitude and not longitude:
        return (math.nan, math.nan)
    if not latitude or not longitude:
        raise ValueError("lat and lon are given together or not at all")
    return (_number("lat", latitude, -90, 90), _number("lon", longitude, -180, 180))


def _joined(row: Row) -> _Join:
    weight, at = row.get("weight", ""), row.get("joined_at", "")
    return _Join(
        weight=_number("weight", weight, 0, 1e9) if weight else 1.0,
        at=_instant(at) if at else None,
    )


def _number(name: str, text: str, low: float, high: float) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{name} {text!r} is not a number")
    value = float(text)
    if not low <= value <= high:
        raise ValueError(f"{name} {text!r} does not lie between {low:g} and {high:g}")
    return value


def _instant(text: str) -> float:
    """Return seconds since 1970 of an ISO 8601 date or time, taken as UTC where it names no zone.

    A year or a month stands for its first day; a number of nine digits and more is seconds or milliseconds.
    """
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return seconds if seconds < _MILLISECONDS else seconds / 1000
    try:
        when = datetime.fromisoformat(text + _FIRST_DAY.get(len(text), ""))
    except ValueError:
        raise ValueError(f"joined_at {text!r} is not an ISO 8601 date or time") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _places(described: Sequence[_Described]) -> Floats:
    return np.array([each.place for each in described], dtype=np.float64).reshape(-1, 2)


def _evened(weights: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Return weights as multiples of their median, within 1/4 to 4: no single person outweighs the rest."""
    if not weights:
        return {}
    typical = float(np.median(list(weights.values())))
    return {pair: min(max(weight / typical, 0.25), 4.0) for pair, weight in weights.items()}


def _matrix(values: Mapping[tuple[int, int], float], shape: tuple[int, int]) -> csr_matrix:
    """Return the pairs as a matrix with every stored value kept, in row order."""
    pairs = sorted(values)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    return csr_matrix((np.array([values[pair] for pair in pairs]), (rows, columns)), shape=shape)
