"""A zip anybody can open: JSON, tables a spreadsheet cannot be tricked with, one page to read."""

from __future__ import annotations

import csv
import io
import json
from zipfile import ZipFile

import pytest

from domain.export import Section
from tests.conftest import NOW
from workers.archive import FORMULA, cell, pack, page, table

SECTIONS = [
    Section(name="members", rows=[{"display_name": "<b>Ann</b>", "energy": [0, 2], "paused_until": None}]),
    Section(name="blocks", rows=[]),
]


@pytest.mark.requirement("C35")
@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_is_run_as_a_formula(start: str) -> None:
    text = table([{"words": f"{start}cmd|' /C calc'!A0", "latitude": -0.12}])
    ((_, *_), (words, latitude)) = csv.reader(io.StringIO(text, newline=""))
    assert words.startswith("'")
    assert latitude == "-0.12"


def test_the_zip_holds_the_same_three_ways() -> None:
    with ZipFile(io.BytesIO(pack(SECTIONS, made_at=NOW))) as archive:
        assert archive.namelist() == ["data.json", "read-me-first.html", "tables/members.csv"]
        assert json.loads(archive.read("data.json"))["members"][0]["energy"] == [0, 2]
        assert b"[0, 2]" in archive.read("tables/members.csv")


@pytest.mark.requirement("C31")
def test_the_page_is_text_and_loads_nothing() -> None:
    text = page(SECTIONS, made_at=NOW)
    assert "&lt;b&gt;Ann&lt;/b&gt;" in text
    assert "<script" not in text
    assert "http" not in text
    assert "Blocks" not in text


def test_cells_of_every_kind() -> None:
    assert [cell(each) for each in (None, True, 3, {"a": 1}, "plain")] == [
        "",
        "True",
        "3",
        '{"a": 1}',
        "plain",
    ]
