"""Programs are started in order, started again when they die, and none is ever left behind."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from handrail import supervisor
from handrail.program import Program, last_lines, start, stop
from handrail.supervisor import NotStarted, Supervisor
from tests.handrail.processes import gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches processes as Linux does")

#: Notes each start and its end in a shared journal, and runs until it is asked to end.
STEADY = """
import os, signal, sys
def note(word):
    with open(sys.argv[1], "a") as journal:
        journal.write(f"{word} {sys.argv[2]} {os.getpid()}\\n")
signal.signal(signal.SIGTERM, lambda *_: (note("ends"), sys.exit()))
note("starts")
while True:
    signal.pause()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while True:
    signal.pause()
"""


class Journal:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal"
        self.folder = folder

    def lines(self) -> list[tuple[str, str, int]]:
        text = self.path.read_text() if self.path.exists() else ""
        return [(word, name, int(pid)) for word, name, pid in map(str.split, text.splitlines(keepends=False))]

    def said(self, word: str) -> list[str]:
        return [name for each, name, _pid in self.lines() if each == word]

    def program(self, name: str, *, foundation: bool = False) -> Program:
        return Program(
            name=name,
            command=[sys.executable, "-I", "-S", "-c", STEADY, str(self.path), name],
            log=self.folder / f"{name}.log",
            ready=lambda: name in self.said("starts"),
            foundation=foundation,
        )


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def silent(_text: str) -> None:
    pass


def test_a_foundation_starts_first_and_ends_last(journal: Journal) -> None:
    programs = [journal.program("queue", foundation=True), *map(journal.program, ("web", "relay", "worker"))]
    running = Supervisor(programs, say=silent)
    running.run(running.end)
    assert journal.said("starts")[0] == "queue"
    assert journal.said("ends") == ["web", "relay", "worker", "queue"]
    assert all(gone(pid) for _word, _name, pid in journal.lines())


def test_ready_is_called_once_everything_is(journal: Journal) -> None:
    running = Supervisor([journal.program("web"), journal.program("worker")], say=silent)
    seen: list[set[str]] = []

    def ready() -> None:
        seen.append(set(journal.said("starts")))
        running.end()

    running.run(ready)
    assert seen == [{"web", "worker"}]


def test_a_program_that_dies_is_started_again_and_it_is_said(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervisor, "TICK", 0.01)
    said: list[str] = []
    running = Supervisor([journal.program("worker")], say=said.append)
    looks = running._look

    def look() -> None:
        looks()
        if len(journal.said("starts")) == 3:
            running.end()
        elif len(said) < 2 and len(journal.said("starts")) > len(said):
            os.kill(journal.lines()[-1][2], signal.SIGKILL)

    monkeypatch.setattr(running, "_look", look)
    running.run(lambda: None)
    assert len(said) == 2
    assert all("worker ended by itself (status -9)" in text for text in said)
    assert "0.01 s" in said[0]
    assert "0.02 s" in said[1]
    assert all(gone(pid) for _word, _name, pid in journal.lines())


def test_a_program_that_never_starts_ends_everything_and_shows_its_log(journal: Journal) -> None:
    broken = Program(
        name="web",
        command=[sys.executable, "-c", "raise SystemExit('the reason')"],
        log=journal.folder / "web.log",
        ready=lambda: False,
    )
    with pytest.raises(NotStarted, match=r"web did not start:\n.*the reason"):
        Supervisor([journal.program("queue", foundation=True), broken], say=silent).run(silent_ready)
    assert all(gone(pid) for _word, _name, pid in journal.lines())


def silent_ready() -> None:
    pytest.fail("it was not ready")


def test_a_signal_ends_it_in_order_and_handlers_are_put_back(journal: Journal) -> None:
    before = signal.getsignal(signal.SIGTERM)
    running = Supervisor([journal.program("web"), journal.program("worker")], say=silent)
    running.run(lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert journal.said("ends") == ["web", "worker"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_asked_to_end_while_starting_it_starts_no_more(journal: Journal) -> None:
    def asked() -> bool:
        running.end()
        return False

    first = dataclasses.replace(journal.program("queue", foundation=True), ready=asked)
    running = Supervisor([first, journal.program("web")], say=silent)
    running.run(silent_ready)
    assert "web" not in journal.said("starts")
    assert all(gone(pid) for _word, _name, pid in journal.lines())


def test_a_program_that_will_not_end_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    process = start(Program(name="stubborn", command=[sys.executable, "-c", STUBBORN], log=log))
    while "up" not in last_lines(log):
        assert process.poll() is None
    stop(process, patience=0.05)
    assert process.returncode == -signal.SIGKILL


def test_ctrl_c_in_the_terminal_reaches_only_the_supervisor(journal: Journal) -> None:
    running = Supervisor([journal.program("web")], say=silent)

    def ready() -> None:
        assert os.getpgid(journal.lines()[0][2]) != os.getpgid(0)
        running.end()

    running.run(ready)


def test_children_end_when_the_supervisor_is_killed(journal: Journal) -> None:
    owner = f"""
import sys
from pathlib import Path
from tests.handrail.test_supervisor import Journal
from handrail.supervisor import Supervisor
journal = Journal(Path({str(journal.folder)!r}))
programs = [journal.program(name) for name in ("web", "relay", "worker")]
Supervisor(programs, say=print).run(lambda: print("ready", flush=True))
"""
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        pids = [pid for word, _name, pid in journal.lines() if word == "starts"]
        process.kill()
        assert len(pids) == 3
        assert all(gone(pid) for pid in pids)


def test_a_child_whose_parent_is_already_gone_does_not_start(tmp_path: Path) -> None:
    tether = Path(supervisor.__file__).with_name("tether.py")
    touched = tmp_path / "touched"
    subprocess.run([sys.executable, str(tether), "1", "/usr/bin/touch", str(touched)], check=True)
    assert not touched.exists()


def test_a_long_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.program.LOG_BYTES", 3)
    log = tmp_path / "web.log"
    log.write_text("long\n")
    start(Program(name="web", command=[sys.executable, "-c", "print('new')"], log=log)).wait()
    assert log.read_text() == "new\n"
    assert log.with_suffix(".old").read_text() == "long\n"
