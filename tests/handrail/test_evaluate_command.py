"""`handrail evaluate` as it is called."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from handrail.commands.evaluate import evaluate
from matching.evaluate import MEASURES
from tests.matching import histories


def test_the_report_is_one_json_object_by_method(tmp_path: Path) -> None:
    histories.write(tmp_path, histories.made_up(people=120, groups=15))
    result = CliRunner().invoke(evaluate, [str(tmp_path), "--json"])

    assert result.exit_code == 0
    report = json.loads(result.stdout)
    for method in ("handrail", "ease", "ridge", "cosine", "popularity", "random"):
        assert set(report[method]["warm"]) == {*MEASURES, "people"}
        assert report[method]["seconds"] >= 0
    assert report["members"] == 120
    assert report["groups"] == 15


def test_the_table_names_every_method(tmp_path: Path) -> None:
    histories.write(tmp_path, histories.made_up(people=120, groups=15))
    result = CliRunner().invoke(evaluate, [str(tmp_path)])

    assert result.exit_code == 0
    for line in ("handrail warm", "handrail cold", "ease warm", "random cold"):
        assert line in result.stdout


def test_a_malformed_file_is_refused_by_file_line_and_reason(tmp_path: Path) -> None:
    histories.write(tmp_path, histories.made_up(people=20, groups=5))
    with (tmp_path / "joins.csv").open("a", encoding="utf-8") as file:
        file.write("nobody,g1\n")
    lines = (tmp_path / "joins.csv").read_text(encoding="utf-8").count("\n")
    result = CliRunner().invoke(evaluate, [str(tmp_path), "--json"])

    assert result.exit_code == 2
    assert f"joins.csv, line {lines}: member_id 'nobody' is not in members.csv" in result.stderr
    assert result.stdout == ""
