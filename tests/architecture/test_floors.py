"""The floors hold: the import contracts of pyproject.toml, and what each process loads."""

import os
import subprocess
import sys

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_every_contract_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_imports(cache_dir=None) == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("handrail.cli", {"numpy", "sklearn", "rq", "flask"}),
        ("handrail.commands.web", {"numpy", "scipy", "sklearn", "numba", "rq"}),
        ("handrail.wsgi", {"numpy", "scipy", "sklearn", "numba", "rq"}),
        ("handrail.commands.up", {"numpy", "scipy", "sklearn", "numba", "rq", "flask"}),
        ("domain.database", {"flask", "redis", "rq", "numpy", "sklearn"}),
        ("matching.settings", {"numpy", "sklearn"}),
        ("matching.ladder", {"numpy", "sklearn"}),
    ],
)
def test_a_process_loads_only_what_its_floor_allows(module: str, forbidden: set[str]) -> None:
    asked = f"import sys, {module}; print(*(name for name in sys.modules if '.' not in name))"
    environ = {**os.environ, "PYTHONWARNINGS": "error"}
    answer = subprocess.run(
        [sys.executable, "-c", asked], env=environ, check=True, capture_output=True, text=True
    )
    assert forbidden.isdisjoint(answer.stdout.split())
