"""A town with eleven kinds of people, built once, served anew to each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.security.site import Site, Town, as_of_now, release, serve, settle


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page lives at `NOW`."""
    monkeypatch.setattr("web.clock.now", lambda: NOW)


@pytest.fixture(scope="session")
def settled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("web.clock.now", lambda: NOW)
        return settle(sqlite_template, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def served(settled: Town, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The application that serves one test after the other; making one takes longer than most of them."""
    return serve(settled, tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(served: Site) -> Iterator[Site]:
    """The town as it was settled, with everybody signed in just now; the application stays as it is."""
    served.restore()
    yield as_of_now(served)
    release(served.app)
