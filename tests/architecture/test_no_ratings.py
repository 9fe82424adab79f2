"""Curiosity, not performance: nothing in the tables or on the pages rates, likes or ranks people (R22)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.models import Base

ROOT = Path(__file__).parents[2]
MARKS = re.compile(
    r"(?i)\brat(ing|ed)\b|\b(likes|stars)\b|\brank|popularity|karma|streak|leaderboard|\bscore"
)
#: What a member reads: prose between tags and quoted words, without expressions and statements.
SPOKEN = re.compile(r'_\("([^"]*)"|ngettext\("([^"]*)", "([^"]*)"')


@pytest.mark.requirement("R22")
def test_no_table_holds_a_mark_of_a_person() -> None:
    names = [
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
    ]
    assert len(names) > 100
    assert [name for name in names if MARKS.search(name.replace("_", " "))] == []


@pytest.mark.requirement("R22")
def test_no_page_speaks_of_marks() -> None:
    found = []
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        if path.parent.name == "admin":
            continue
        for parts in SPOKEN.findall(path.read_text(encoding="utf-8")):
            sentences = re.split(r"(?<=[.!?]) ", " ".join(parts))
            found += [each for each in sentences if MARKS.search(each) and " not " not in each]
    assert found == []
