"""The reference pages say what the code says."""

from pathlib import Path

import pytest

from handrail import reference
from handrail.config import Config
from matching import settings


def test_the_committed_pages_are_current() -> None:
    assert reference.outdated() == [], "run `make docs`"


def test_every_variable_stands_in_the_page_with_its_meaning() -> None:
    (page,) = (text for path, text in reference.pages().items() if path.name == "variables.md")
    for name, field in Config.model_fields.items():
        assert field.description
        assert f"| `HANDRAIL_{name.upper()}` |" in page
    assert "| `HANDRAIL_SECRET_KEY` | file |" in page


def test_every_setting_stands_in_the_page_with_its_bounds() -> None:
    (page,) = (text for path, text in reference.pages().items() if path.name == "settings.md")
    for name, facts in settings.describe().items():
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.endswith(
            f"| {facts['low']:g} | {facts['high']:g} | {facts['unit']} | {facts['meaning']} |"
        )


def test_an_old_page_is_named_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["reference", "--check"])
    assert reference.main() == 1
    assert "variables.md is out of date: make docs" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["reference"])
    assert reference.main() == 0
    monkeypatch.setattr("sys.argv", ["reference", "--check"])
    assert reference.main() == 0
