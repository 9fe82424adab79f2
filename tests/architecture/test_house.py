"""Habits of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requirements_table import proofs

ROOT = Path(__file__).parents[2]
PACKAGES = ("handrail", "web", "workers", "domain", "matching")
#: Names that say nothing; a module is one noun.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
#: Ways to a time without a zone.
NAIVE = {"utcnow", "utcfromtimestamp"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Call):
            yield node


def test_no_module_has_an_empty_name() -> None:
    assert [str(path) for path in sources(*PACKAGES, "tests") if path.stem in EMPTY_NAMES] == []


def is_naive(call: ast.Call) -> bool:
    """Whether a call makes a time without a zone: `now()`, `fromtimestamp(x)`, `today()`, `utcnow()`."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name, owner = call.func.attr, call.func.value
    if not isinstance(owner, ast.Name) or owner.id not in ("datetime", "date"):
        return False
    zoned = any(keyword.arg in ("tz", "tzinfo") for keyword in call.keywords)
    enough = {"now": 1, "fromtimestamp": 2}
    return (
        name in NAIVE or name == "today" or (name in enough and not zoned and len(call.args) < enough[name])
    )


def test_no_time_is_without_a_zone() -> None:
    found = [f"{path}:{call.lineno}" for path in sources(*PACKAGES) for call in calls(path) if is_naive(call)]
    assert found == []


@pytest.mark.parametrize(
    ("source", "naive"),
    [
        ("datetime.now()", True),
        ("datetime.now(UTC)", False),
        ("datetime.fromtimestamp(0, tz=UTC)", False),
        ("datetime.fromtimestamp(0)", True),
        ("datetime.utcnow()", True),
        ("date.today()", True),
        ("clock.now()", False),
    ],
)
def test_a_naive_time_is_recognised(source: str, naive: bool) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert is_naive(call) is naive


def test_only_the_command_reads_the_environment() -> None:
    def reads(path: Path) -> bool:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = {node.attr for node in tree if isinstance(node, ast.Attribute)}
        return bool(names & {"environ", "getenv"})

    # Numeric libraries read their number of threads from the environment before they are imported.
    allowed = {ROOT / "workers" / "worker.py"}
    found = [path for path in sources("web", "workers", "domain", "matching") if reads(path)]
    assert set(found) <= allowed


def test_packages_export_nothing_that_pulls_their_modules_in() -> None:
    """An import in `matching/__init__.py` would load the numerics through the light modules."""
    for package in ("matching", "domain", "workers", "web"):
        tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
        assert [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))] == []


def test_every_requirement_that_is_named_exists(request: pytest.FixtureRequest) -> None:
    proofs(request.session.items)


def test_an_unknown_requirement_is_refused(request: pytest.FixtureRequest) -> None:
    item = request.node
    item.add_marker(pytest.mark.requirement("R98"))
    with pytest.raises(pytest.UsageError, match="R98"):
        proofs([item])
    item.own_markers.pop()


def test_documents_and_locks_name_no_registry() -> None:
    texts = [*(ROOT / "requirements").glob("*.txt"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    assert all("://" not in path.read_text(encoding="utf-8") for path in texts)
