"""A full disk: what does not fit is refused, nothing is left half done, and it goes on with more room."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from domain.database import reading
from domain.models import OutboxMessage
from tests.chaos.people import settle
from tests.chaos.place import Place, place, until
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD

pytestmark = pytest.mark.chaos
#: Megabytes of a disk of its own, and the bytes of it that are left, for each database.
DISKS = {"sqlite": (12, 300_000), "postgresql": (160, 0)}


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


@dataclass(slots=True)
class Kept:
    """What was acknowledged."""

    seen: Counter[int] = field(default_factory=Counter)
    words: str = ""
    changes: int = 0  #: of one answer


def act_until_refused(visitor: Visitor, occurrence: str) -> Kept:
    """Save words and change an answer in turns until the disk has been full for a while."""
    kept = Kept()
    for number in range(2000):
        words, answer = f"{number} " + "w" * 250, ("yes", "no")[kept.changes % 2]
        path, form = ("/profile/needs", {"own_words": words})
        if number % 4:
            path, form = f"/occurrences/{occurrence}/{answer}", {"over_cap": "1"}
        try:
            status = visitor.once("POST", path, form).status
        except (OSError, http.client.HTTPException):
            status = 0
        kept.seen[status] += 1
        if status == 303:
            kept.words = kept.words if number % 4 else words
            kept.changes += bool(number % 4)
        if kept.seen[503] >= 12:
            break
    return kept


def test_a_full_disk_loses_nothing(disk: tuple[str, Path], tmp_path: Path) -> None:
    on, folder = disk
    room = folder / "room"
    room.mkdir(mode=0o755)
    folder.chmod(0o755)
    with place(tmp_path / "home", on=on, room=room) as here:
        town = settle(here.sessions, count=1, outings=1)
        here.add("web")
        until(here.answers, what=lambda: here.log("web"))
        visitor = Visitor(here.port, "10.3.0.1", Tally())
        visitor.sign_in(town.people[0].email, PASSWORD)
        ballast = fill(folder, leaving=DISKS[on][1])
        kept = act_until_refused(visitor, town.coming[0])
        assert kept.seen[303]
        assert kept.seen[503] >= 12, kept.seen
        assert set(kept.seen) <= {303, 503, 0}, kept.seen
        ballast.unlink()
        if here.postgres is not None and not here.postgres.answers():
            here.postgres.crash()
            here.postgres.start()
        until(lambda: here.answers("/readyz"))
        assert kept.words in visitor.look("/profile/needs").text
        told = changes_told(here, town.coming[0])
        assert kept.changes <= told <= kept.changes + kept.seen[0]
        assert visitor.send("/profile/needs", own_words="there is room again").status == 303
        assert whole(here)
        print(f"{on}: {dict(kept.seen)}")  # noqa: T201


def changes_told(here: Place, occurrence: str) -> int:
    with reading(here.sessions) as session:
        told = (
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.aggregate.like(f"rsvp:{occurrence}:%"))
        )
        return session.scalar(told) or 0


def whole(here: Place) -> bool:
    """Whether the database finds nothing wrong with itself, and no run is without its message."""
    with reading(here.sessions) as session:
        if here.postgres is None and session.scalar(text("PRAGMA integrity_check")) != "ok":
            return False
        orphans = text(
            "SELECT count(*) FROM matching_runs WHERE NOT EXISTS (SELECT 1 FROM outbox_messages "
            "WHERE kind = 'matching_run_requested' AND aggregate = 'member:' || matching_runs.member)"
        )
        return int(session.scalar(orphans) or 0) == 0
