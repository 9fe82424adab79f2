"""A full disk: what does not fit is refused, nothing is left half done, and it goes on with more room."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.database import reading
from tests.chaos.people import settle
from tests.chaos.place import Place, place, until
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD

pytestmark = pytest.mark.chaos
#: Megabytes of a disk of its own, and the bytes of it that are left, for each database.
DISKS = {"sqlite": (12, 300_000), "postgresql": (160, 40_000)}


@pytest.fixture(params=["sqlite", "postgresql"])
def disk(request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    """A small disk in memory, unmounted afterwards."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="handrail-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISKS[request.param][0]}m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    yield request.param, folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607
    folder.rmdir()


def fill(folder: Path, *, leaving: int) -> Path:
    """Fill a disk but for ``leaving`` bytes."""
    ballast = folder / "ballast"
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free - leaving))
    return ballast


def save_until_refused(visitor: Visitor, most: int = 400) -> tuple[Counter[int], str]:
    """Save words until the disk has been full for a while; return the statuses and the last kept."""
    seen: Counter[int] = Counter()
    kept = ""
    for number in range(most):
        words = f"{number} " + "w" * 250
        try:
            status = visitor.once("POST", "/profile/needs", {"own_words": words}).status
        except (OSError, http.client.HTTPException):
            status = 0
        seen[status] += 1
        kept = words if status == 303 else kept
        if seen[503] >= 10:
            break
    return seen, kept


def test_a_full_disk_loses_nothing(disk: tuple[str, Path], tmp_path: Path) -> None:
    on, folder = disk
    room = folder / "room"
    room.mkdir(mode=0o755)
    folder.chmod(0o755)
    with place(tmp_path / "home", on=on, room=room) as here:
        town = settle(here.sessions, count=1, outings=1)
        here.add("web")
        until(here.answers, what=here.log("web"))
        visitor = Visitor(here.port, "10.3.0.1", Tally())
        visitor.sign_in(town.people[0].email, PASSWORD)
        ballast = fill(folder, leaving=DISKS[on][1])
        seen, kept = save_until_refused(visitor)
        assert seen[303]
        assert seen[503] >= 10, seen
        assert set(seen) <= {303, 503, 0}, seen
        ballast.unlink()
        if here.postgres is not None and not here.postgres.answers():
            here.postgres.crash()
            here.postgres.start()
        until(lambda: here.answers("/readyz"))
        shown = visitor.look("/profile/needs").text
        assert kept.split()[0] + " www" in shown
        assert visitor.send("/profile/needs", own_words="there is room again").status == 303
        assert whole(here)
        print(f"{on}: {dict(seen)}")  # noqa: T201


def whole(here: Place) -> bool:
    """Whether the database finds nothing wrong with itself, and no run is without its message."""
    with reading(here.sessions) as session:
        if here.postgres is None and session.scalar(text("PRAGMA integrity_check")) != "ok":
            return False
        orphans = text(
            "SELECT count(*) FROM matching_runs WHERE NOT EXISTS (SELECT 1 FROM outbox_messages "
            "WHERE kind = 'matching_run_requested' AND aggregate = 'member:' || matching_runs.member)"
        )
        return session.scalar(orphans) == 0
