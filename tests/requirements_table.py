"""A pytest plugin that prints each requirement and check with the tests that prove it.

`pytest --collect-only -qqq -p tests.requirements_table`. The status comes from the last run that pytest
remembers: a test that failed there makes its requirement "failing".
"""

import re
from collections.abc import Iterable, Mapping

import pytest

#: The mission's requirements and the security checks.
IDS = (*(f"R{number:02}" for number in range(1, 98)), *(f"C{number:02}" for number in range(1, 63)))


def proofs(items: Iterable[pytest.Item]) -> dict[str, list[str]]:
    """Return the tests of each id, parametrized cases counted once; raise UsageError for an unknown id."""
    found: dict[str, list[str]] = {id_: [] for id_ in IDS}
    for item in items:
        test = re.sub(r"\[.*\]$", "", item.nodeid)
        for mark in item.iter_markers("requirement"):
            for id_ in mark.args:
                if id_ not in found:
                    raise pytest.UsageError(f"{test}: there is no requirement {id_!r}")
                if test not in found[id_]:
                    found[id_].append(test)
    return found


def table(found: Mapping[str, list[str]], failed: Iterable[str]) -> list[str]:
    """Return the lines to print: id, status, tests; then how many have none."""
    broken = {re.sub(r"\[.*\]$", "", test) for test in failed}
    lines = []
    for id_, tests in found.items():
        status = "no test" if not tests else "failing" if broken.intersection(tests) else "tested"
        lines += [f"{id_}  {status:8}  {first}" for first in tests[:1] or [""]]
        lines += [f"{'':15}{test}" for test in tests[1:]]
    without = [id_ for id_, tests in found.items() if not tests]
    return [
        *lines,
        "",
        f"{len(found) - len(without)} of {len(found)} have tests; none: {' '.join(without) or '-'}",
    ]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Print the table once everything is collected."""
    failed = session.config.cache.get("cache/lastfailed", {}) if session.config.cache else {}
    print("\n".join(line.rstrip() for line in table(proofs(session.items), failed)))  # noqa: T201
