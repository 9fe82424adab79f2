"""The hazard log names tests that exist, one at least for every hazard."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs/hazard-log.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


@cache
def names_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def proofs(cell: str) -> list[tuple[Path, str]]:
    """Return file and name of each test; a name alone is in the file named before it."""
    found: list[tuple[Path, str]] = []
    for words in re.findall(r"`([^`]+)`", cell):
        file, _, name = words.rpartition("::")
        path = found[-1][0] if not file else ROOT / file if "/" in file else ROOT / "tests/matching" / file
        found.append((path, name))
    return found


def test_every_hazard_is_numbered_once_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert all(len(row) == 5 for row in ROWS)


def test_every_hazard_is_proved_by_tests_that_exist() -> None:
    for row in ROWS:
        named = proofs(row[3])
        assert named, f"nothing proves the mitigation of: {row[1]}"
        for file, name in named:
            assert file.is_file(), f"{row[1]}: no {file.name}"
            assert name in names_in(file), f"{row[1]}: no {name} in {file.name}"


def test_a_name_that_is_nowhere_would_be_noticed() -> None:
    file, name = proofs("`test_steps.py::test_that_nobody_wrote`")[0]
    assert file.is_file()
    assert name not in names_in(file)
