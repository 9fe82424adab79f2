"""Files that are read, and files that are refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matching.histories import HistoryError, read_history

FILES = {
    "members.csv": "member_id,interests,text,lat,lon\na,tea; owls ,I like maps,43.5,-79\nb,,,,\n",
    "groups.csv": "group_id,title,tags,text\ng,Tea,tea,\nh,Chess,chess;quiet,Come in\n",
    "joins.csv": "member_id,group_id,weight,joined_at\na,g,2,2026-01-05\nb,h,,2026-01-06T10:00:00+02:00\n",
}


def write(folder: Path, **changed: str | None) -> Path:
    names = {name.replace(".csv", ""): name for name in [*FILES, "test.csv"]}
    files: dict[str, str | None] = {**FILES, **{names[key]: text for key, text in changed.items()}}
    for name, text in files.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_the_files_say_is_read(tmp_path: Path) -> None:
    history = read_history(write(tmp_path))
    people, groups = history.community.people, history.community.groups

    assert history.members == ("a", "b")
    assert groups.ids == ("g", "h")
    assert people.documents[0].tags == ("tea", "owls")
    assert people.documents[0].text == "I like maps"
    assert groups.documents[1].tags == ("chess", "quiet")
    assert groups.documents[1].text == "Chess Come in"
    assert people.places[0].tolist() == [43.5, -79]
    assert np.isnan(people.places[1]).all()
    assert people.joins.toarray() == pytest.approx(np.array([[4 / 3, 0], [0, 2 / 3]]))
    assert people.joined_at is not None
    assert people.joined_at[1, 1] - people.joined_at[0, 0] == 32 * 3600
    assert history.test is None


def test_a_byte_order_mark_blank_lines_and_further_columns_do_no_harm(tmp_path: Path) -> None:
    history = read_history(write(tmp_path, joins="\ufeffnote,group_id,member_id\nx,g,a\n\ny,h,a\n"))

    assert history.community.people.joins.toarray().tolist() == [[1, 1], [0, 0]]
    assert history.community.people.joined_at is None


def test_pairs_to_be_tested_are_hidden_from_training(tmp_path: Path) -> None:
    history = read_history(write(tmp_path, test="member_id,group_id\na,g\n"))

    assert history.test is not None
    assert history.test.toarray().tolist() == [[1, 0], [0, 0]]
    assert history.community.people.joins.toarray().tolist() == [[0, 0], [0, 1]]


def test_a_join_stated_twice_counts_once_and_one_of_weight_nothing_not_at_all(tmp_path: Path) -> None:
    history = read_history(write(tmp_path, joins="member_id,group_id,weight\na,g,1\na,g,3\nb,g,0\na,h,3\n"))

    assert history.community.people.joins.toarray().tolist() == [[1, 1], [0, 0]]


def test_no_single_weight_outweighs_the_rest(tmp_path: Path) -> None:
    rows = "a,g,1000000\na,h,1\nb,g,1\nb,h,0.001\n"
    history = read_history(write(tmp_path, joins=f"member_id,group_id,weight\n{rows}"))

    assert history.community.people.joins.toarray().tolist() == [[4, 1], [1, 0.25]]


def test_a_line_of_spaces_is_a_blank_line(tmp_path: Path) -> None:
    history = read_history(write(tmp_path, joins="member_id,group_id\r\na,g\r\n   \r\nb,h\r\n"))

    assert history.community.people.joins.toarray().tolist() == [[1, 0], [0, 1]]


TIMES = [
    "2026-01-05",
    "20260105",
    "2026-01-05T00:00:00Z",
    "2026-01-05 02:00:00+02:00",
    "1767571200",
    "1767571200.0",
    "1767571200000",
]


@pytest.mark.parametrize("text", TIMES)
def test_times_are_read_in_the_ways_they_are_written(tmp_path: Path, text: str) -> None:
    rows = f"a,g,{text}\na,h,2026\nb,h,2026-01\n"
    history = read_history(write(tmp_path, joins=f"member_id,group_id,joined_at\n{rows}"))

    times = history.community.people.joined_at
    assert times is not None
    assert times.toarray().tolist() == [[1767571200, 1767225600], [0, 1767225600]]


@pytest.mark.parametrize(
    ("test", "later"),
    [
        ("member_id,group_id,joined_at\na,h,2026-03-01\n", True),
        ("member_id,group_id,joined_at\na,h,2025-03-01\n", False),
        ("member_id,group_id\na,h\n", False),
        ("member_id,group_id\nb,h\n", True),
    ],
)
def test_whether_the_test_came_later_is_known_from_its_times_or_those_of_the_joins(
    tmp_path: Path, test: str, later: bool
) -> None:
    assert read_history(write(tmp_path, test=test)).later is later


REFUSED = [
    ("members", "name,interests\na,x\n", "members.csv, line 1: has no column member_id"),
    ("members", "", "members.csv, line 1: has no column member_id"),
    ("members", "member_id\n", "members.csv, line 1: has no rows"),
    ("members", "member_id,lat\na,1\n", "members.csv, line 1: has one of lat and lon but not the other"),
    ("members", "member_id,member_id\na,a\n", "members.csv, line 1: has a column twice"),
    (
        "members",
        "member_id,interests\na,x\nb\n",
        "members.csv, line 3: has 1 fields where the first line has 2",
    ),
    ("members", "member_id\na\nb\na\n", "members.csv, line 4: member_id 'a' is there twice"),
    ("members", "member_id,text\n ,x\n", "members.csv, line 2: member_id is empty"),
    (
        "members",
        "member_id,lat,lon\na,91,0\n",
        "members.csv, line 2: lat '91' does not lie between -90 and 90",
    ),
    ("members", "member_id,lat,lon\na,nan,0\n", "members.csv, line 2: lat 'nan' does not lie"),
    ("members", "member_id,lat,lon\na,north,0\n", "members.csv, line 2: lat 'north' is not a number"),
    ("members", "member_id,lat,lon\na,1,\n", "members.csv, line 2: lat and lon are given together"),
    ("members", 'member_id,text\na,"open\n', "members.csv, line "),
    ("groups", None, "groups.csv, line 1: has no column group_id"),
    ("joins", "member_id,group_id\na,g\nz,g\n", "joins.csv, line 3: member_id 'z' is not in members.csv"),
    ("joins", "member_id,group_id\na,z\n", "joins.csv, line 2: group_id 'z' is not in groups.csv"),
    ("joins", "member_id,group_id,weight\na,g,much\n", "joins.csv, line 2: weight 'much' is not a number"),
    ("joins", "member_id,group_id,weight\na,g,-1\n", "joins.csv, line 2: weight '-1' does not lie"),
    ("joins", "member_id,group_id,joined_at\na,g,May\n", "joins.csv, line 2: joined_at 'May' is not"),
    ("joins", "member_id,group_id,weight\na,g,nan\n", "joins.csv, line 2: weight 'nan' does not lie"),
    ("joins", "member_id,group_id,weight\na,g,inf\n", "joins.csv, line 2: weight 'inf' does not lie"),
    ("joins", "member_id,group_id,weight\na,g,1_0\n", "joins.csv, line 2: weight '1_0' is not a number"),
    ("joins", "member_id,group_id,joined_at\na,g,2026-02-30\n", "joins.csv, line 2: joined_at '2026-02-30'"),
    ("joins", "member_id,group_id,joined_at\na,g,12345\n", "joins.csv, line 2: joined_at '12345' is not"),
    ("joins", "member_id;group_id\na;g\n", "joins.csv, line 1: has no column member_id"),
    ("joins", "member_id,group_id\na,g,h\n", "joins.csv, line 2: has 3 fields where the first line has 2"),
    ("joins", "member_id,group_id\n,\n", "joins.csv, line 2: member_id is empty"),
    ("joins", 'member_id,group_id\na,g\n"a"b,g\n', "joins.csv, line 3: "),
    ("groups", 'group_id,text\ng,"one\n\ntwo"\ng,x\n', "groups.csv, line 5: group_id 'g' is there twice"),
    ("members", f"member_id,text\na,{'x' * 1_000_001}\n", "members.csv, line 2: field larger than"),
    ("test", "", "test.csv, line 1: has no column member_id"),
    ("test", "member_id,group_id\na,z\n", "test.csv, line 2: group_id 'z' is not in groups.csv"),
]


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_a_malformed_file_is_refused_with_its_name_line_and_reason(
    tmp_path: Path, name: str, text: str | None, message: str
) -> None:
    with pytest.raises(HistoryError) as refused:
        read_history(write(tmp_path, **{name: text or "id\n"}))
    assert str(refused.value).startswith(message)


def test_a_missing_file_and_one_that_is_not_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"members\.csv, line 0: is missing"):
        read_history(tmp_path)
    write(tmp_path)
    (tmp_path / "joins.csv").write_bytes(b"member_id,group_id\na,\xff\n")
    with pytest.raises(HistoryError, match=r"joins\.csv, line 2: is not UTF-8"):
        read_history(tmp_path)
