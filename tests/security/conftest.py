"""A town with eleven kinds of people, built once, served anew to each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.security.site import Site, Town, release, serve, settle


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page lives at `NOW`."""
    monkeypatch.setattr("web.clock.now", lambda: NOW)


@pytest.fixture(scope="session")
def settled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("web.clock.now", lambda: NOW)
        return settle(sqlite_template, tmp_path_factory.mktemp("town"))


@pytest.fixture
def site(settled: Town, tmp_path: Path) -> Iterator[Site]:
    served = serve(settled, tmp_path)
    yield served
    release(served.app)
