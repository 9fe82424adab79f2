"""The floors hold: the import contracts of pyproject.toml, and what each process loads."""

import os
import subprocess
import sys

import pytest


def test_every_import_contract_is_kept() -> None:
    """In a process of its own: the checker sets up logging for itself and turns other loggers off."""
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
    checked = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


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
