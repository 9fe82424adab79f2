"""The door: so many inside, so many waiting, the others told kindly to come back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter

from handrail.commands.web import gunicorn
from web import admission
from web.admission import AT_ONCE, WAITING, WATCHERS, Admission


class Slow:
    """An application whose requests wait until they are let go."""

    def __init__(self) -> None:
        self.inside = 0
        self.go = threading.Event()
        self.lock = threading.Condition()

    def __call__(self, _environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self.lock:
            self.inside += 1
            self.lock.notify_all()
        assert self.go.wait(30)
        start_response("200 OK", [])
        return [b"served"]

    def wait_for(self, number: int) -> None:
        with self.lock:
            assert self.lock.wait_for(lambda: self.inside >= number, 30)


@pytest.fixture
def turned_away() -> Counter:
    return Counter("turned_away", "x", registry=CollectorRegistry())


def ask(door: Admission, path: str = "/") -> tuple[str, dict[str, str], bytes]:
    said: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        said.update(status=status, headers=dict(headers))

    body = b"".join(door({"PATH_INFO": path}, start_response))
    return said["status"], said["headers"], body


def new_answers() -> list[str]:
    return []


def crowd(door: Admission, number: int, answers: list[str]) -> list[threading.Thread]:
    threads = [threading.Thread(target=lambda: answers.append(ask(door)[0])) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def test_as_many_as_fit_are_served_at_once(turned_away: Counter) -> None:
    inside, answers = Slow(), new_answers()
    threads = crowd(Admission(inside, turned_away=turned_away), AT_ONCE, answers)
    inside.wait_for(AT_ONCE)
    inside.go.set()
    for thread in threads:
        thread.join()
    assert answers == ["200 OK"] * AT_ONCE


def test_who_waits_in_vain_is_asked_to_come_back(
    turned_away: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0.0)
    inside, answers = Slow(), new_answers()
    door = Admission(inside, turned_away=turned_away)
    threads = crowd(door, AT_ONCE, answers)
    inside.wait_for(AT_ONCE)
    status, headers, body = ask(door)
    assert status.startswith("503")
    assert headers["Retry-After"] == "3"
    assert headers["Cache-Control"] == "no-store"
    assert b"Nothing is wrong with what you did" in body
    assert turned_away._value.get() == 1
    inside.go.set()
    for thread in threads:
        thread.join()
    inside.inside = 0
    assert ask(door)[0] == "200 OK", "the places are given back"


def test_who_waits_is_served_when_a_place_comes_free(
    turned_away: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 30.0)
    inside, answers = Slow(), new_answers()
    threads = crowd(Admission(inside, turned_away=turned_away), AT_ONCE + WAITING, answers)
    inside.wait_for(AT_ONCE)
    inside.go.set()
    for thread in threads:
        thread.join()
    assert answers == ["200 OK"] * (AT_ONCE + WAITING)


def test_no_more_than_a_few_wait(turned_away: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no place on the bench, even an endless patience waits for nothing."""
    monkeypatch.setattr(admission, "PATIENCE", 30.0)
    inside, answers = Slow(), new_answers()
    door = Admission(inside, turned_away=turned_away)
    door._bench = threading.Semaphore(0)
    threads = crowd(door, AT_ONCE, answers)
    inside.wait_for(AT_ONCE)
    assert ask(door)[0].startswith("503")
    inside.go.set()
    for thread in threads:
        thread.join()


def test_health_is_told_however_full_it_is(turned_away: Counter) -> None:
    inside, answers = Slow(), new_answers()
    door = Admission(inside, turned_away=turned_away)
    threads = crowd(door, AT_ONCE, answers)
    inside.wait_for(AT_ONCE)
    checking = threading.Thread(target=lambda: answers.append(ask(door, "/healthz")[0]))
    checking.start()
    inside.wait_for(AT_ONCE + 1)
    inside.go.set()
    for thread in [*threads, checking]:
        thread.join()
    assert answers == ["200 OK"] * (AT_ONCE + 1)


def test_an_error_inside_gives_the_place_back(turned_away: Counter) -> None:
    def broken(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        raise ZeroDivisionError

    door = Admission(broken, turned_away=turned_away)
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError):
            ask(door)


def test_the_server_has_threads_left_to_refuse_with() -> None:
    command = gunicorn("127.0.0.1:8000")
    assert int(command[command.index("--threads") + 1]) >= AT_ONCE + WAITING + 8


def test_who_watches_over_it_sees_it_crowded_and_cannot_crowd_it(
    turned_away: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0.0)
    inside, answers = Slow(), new_answers()
    door = Admission(inside, turned_away=turned_away)
    threads = crowd(door, AT_ONCE, answers)
    inside.wait_for(AT_ONCE)
    for path in ("/metrics", "/readyz"):
        threads.append(threading.Thread(target=lambda path=path: answers.append(ask(door, path)[0])))
        threads[-1].start()
    inside.wait_for(AT_ONCE + WATCHERS)
    assert ask(door, "/readyz")[0].startswith("503")
    inside.go.set()
    for thread in threads:
        thread.join()
    assert answers == ["200 OK"] * (AT_ONCE + WATCHERS)
