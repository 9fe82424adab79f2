"""One storm: members act while things are killed, then all goes quiet and is judged."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from domain import outbox
from domain.database import writing
from tests.chaos import poison
from tests.chaos.monkey import Monkey
from tests.chaos.people import Town, settle
from tests.chaos.place import Place, place, until
from tests.chaos.story import Life
from tests.chaos.verdict import Verdict, given_up, judge, left_over, still_open
from tests.chaos.visitor import Tally, Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much happens."""

    requests: int
    kills: int
    members: int = 8
    seed: int = 6


@dataclass(slots=True)
class Report:
    """What was seen."""

    on: str
    verdict: Verdict
    acknowledged: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0
    leaks: list[str] = field(default_factory=list)  #: log lines with something personal in them
    quiet_after: float = 0.0  #: seconds from the last kill until nothing was open any more

    def line(self) -> str:
        """Return the figures in one line."""
        found = self.verdict
        broken = (
            f"{len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.out_of_order)} out of order"
        )
        return (
            f"{self.on}: {self.acknowledged} acknowledged, {self.kills.total()} kills, {self.seconds:.0f} s: "
            f"{broken}; {found.mails} mails, {found.repeated} repeated; "
            f"quiet {self.quiet_after:.1f} s after the last kill; "
            f"kills {dict(self.kills)}; answers {dict(self.statuses)}"
        )


def storm(home: Path, *, on: str, size: Size) -> Report:
    """Run one storm on ``sqlite`` or ``postgresql``."""
    with place(home, on=on) as here:
        town = settle(here.sessions, count=size.members, outings=size.requests // size.members // 3 + 1)
        doses = plant(here)
        here.add("web", "--processes", "2")
        here.add("relay")
        here.add("worker")
        until(here.answers, what=lambda: here.log("web"))
        tally = Tally()
        lives = _lives(here, town, size, tally)
        report = Report(on=on, verdict=Verdict())
        began = time.monotonic()
        _rage(here, size, lives, tally, report)
        report.quiet_after = _calm(here, doses)
        report.seconds = time.monotonic() - began
        report.acknowledged, report.statuses = tally.acknowledged, tally.statuses
        report.refused = [line for life in lives for line in life.promised.refused]
        report.leaks = leaks(here)
        report.verdict = judge(here.sessions, [life.promised for life in lives], here.mail.received)
        return report


def leaks(here: Place) -> list[str]:
    """Return the log lines that hold what members wrote, or who they are."""
    telling = re.compile(r"@example\.com|\bsave \d+ of\b|Person \d|quiet long sentence|own_words")
    logs = sorted((here.home / "logs").glob("*"))
    lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
    assert any('"event": "request"' in line for line in lines), "the logs are not looked at"
    return [line for line in lines if telling.search(line)]


def plant(here: Place) -> int:
    """Record two poisonous messages, each with one behind it; return how many will be given up."""
    kinds = (poison.RaisingSwallowed, poison.KillingSwallowed)
    with writing(here.sessions) as session:
        for kind in kinds:
            outbox.record(session, kind(dose=kind.kind()))
            outbox.record(session, poison.HarmlessSwallowed(dose=kind.kind()))
    return len(kinds)


def _lives(here: Place, town: Town, size: Size, tally: Tally) -> list[Life]:
    return [
        Life(person, town, Visitor(here.port, f"10.1.0.{number}", tally), size.seed * 1000 + number)
        for number, person in enumerate(town.people)
    ]


def _rage(here: Place, size: Size, lives: list[Life], tally: Tally, report: Report) -> None:
    """Let members act, and kill something after every few acknowledged requests."""
    trouble: list[BaseException] = []

    def live(life: Life) -> None:
        try:
            life.begin()
            while tally.acknowledged < size.requests:
                life.go_on()
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            trouble.append(error)

    threads = [threading.Thread(target=live, args=(life,), daemon=True) for life in lives]
    monkey = Monkey(here, size.seed)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or monkey.done.total() < size.kills:
        if monkey.done.total() < size.kills * min(1.0, tally.acknowledged / size.requests):
            monkey.strike()
        here.respawn()
        time.sleep(0.05)
        if trouble:
            raise trouble[0]
    report.kills = monkey.done


def _calm(here: Place, doses: int) -> float:
    """Wait until nothing is open any more; return how long that took."""

    def quiet() -> bool:
        here.respawn()
        return still_open(here.sessions) == 0 and given_up(here.sessions) >= doses

    return until(quiet, patience=120, what=lambda: "\n".join([*left_over(here.sessions), here.log("worker")]))
