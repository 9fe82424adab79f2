"""`handrail bench pages`: the member's pages against a bare Flask route, under the same server."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import click

from domain import accounts
from handrail import bench_place as bench
from handrail import ports
from handrail.bench_place import BenchPlace
from handrail.commands.web import gunicorn

PAGES = ("/suggestions/", "/events/", "/profile/", "/help")
PASSWORD = "a quiet long sentence"  # noqa: S105 - of a made-up member on a made-up place
ROUNDS = 5


@click.command()
@click.option("--requests", default=100, show_default=True, type=click.IntRange(10), help="In each round.")
@click.option("--events", default=125, show_default=True, help="Weekly ones, eight or nine occurrences each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_pages(*, requests: int, events: int, as_json: bool) -> None:
    """Ask one after the other over one connection, in turns; the median of five rounds counts."""
    with bench.bench_place() as place:
        now = bench.moment()
        bench.add_events(place.sessions, events, now)
        bench.add_members(place.sessions, 1, now, password=accounts.hash_password(PASSWORD))
        with place.running("relay", "worker"):
            bench.drained(place.sessions)
        ours, bare = ports.next_free("127.0.0.1:9300"), ports.next_free("127.0.0.1:9400")
        with (
            _serving(place, ours, "handrail.wsgi:app") as our_server,
            _serving(place, bare, "handrail.bench_bare:make_app()") as bare_server,
        ):
            cookie = _sign_in(ours)
            sites = {path: _Site(ours, our_server, path) for path in PAGES}
            times = _measure({"bare": _Site(bare, bare_server, "/"), **sites}, cookie, requests)
    base = times["bare"]
    report = {
        path: {
            "ms": round(each.clock * 1000, 2),
            "processor_ms": round(each.processor * 1000, 2),
            "times_bare": round(each.clock / base.clock, 1),
            "processor_times_bare": round(each.processor / base.processor, 1) if base.processor else None,
        }
        for path, each in times.items()
    }
    click.echo(
        json.dumps(report) if as_json else "\n".join(f"{name}: {value}" for name, value in report.items())
    )


@dataclass(frozen=True, slots=True)
class _Site:
    """A page of a server."""

    address: str
    server: int
    path: str


@dataclass(frozen=True, slots=True)
class _Taken:
    """Seconds for one request, by the clock and of the server's processors."""

    clock: float
    processor: float


@contextmanager
def _serving(place: BenchPlace, address: str, application: str) -> Iterator[int]:
    environ = place.environ | {"HANDRAIL_LISTEN": address}
    command = [*gunicorn(address)[:-1], application]
    server = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        while ports.is_free(address):
            time.sleep(0.05)
        yield server.pid
    finally:
        server.terminate()
        server.wait(20)


def _ask(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[http.client.HTTPResponse, str]:
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def _sign_in(address: str) -> str:
    """Sign in through the page; return the session's cookie."""
    connection = http.client.HTTPConnection(address)
    answer, page = _ask(connection, "/login", {"Host": "localhost"})
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    form = urlencode(
        {"csrf_token": found[1] if found else "", "email": "m0@example.org", "password": PASSWORD}
    )
    kind = "application/x-www-form-urlencoded"
    headers = {"Host": "localhost", "Cookie": _cookie(answer), "Content-Type": kind}
    answer, _ = _ask(connection, "/login", headers, form)
    connection.close()
    if answer.status != 302:
        raise click.ClickException(f"The made-up member could not sign in ({answer.status}).")
    return _cookie(answer)


def _cookie(answer: http.client.HTTPResponse) -> str:
    jar = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
    return f"handrail={jar['handrail'].value}"


def _measure(sites: dict[str, _Site], cookie: str, requests: int) -> dict[str, _Taken]:
    rounds: dict[str, list[_Taken]] = {name: [] for name in sites}
    for number in range(ROUNDS + 1):
        for name, site in sites.items():
            before = _processor_seconds(site.server)
            seconds = _round(site.address, site.path, cookie, requests, number)
            used = _processor_seconds(site.server) - before
            if number:  # the first warms up
                rounds[name].append(_Taken(seconds / requests, used / requests))
    return {
        name: _Taken(median(each.clock for each in found), median(each.processor for each in found))
        for name, found in rounds.items()
    }


def _processor_seconds(pid: int) -> float:
    """Return what a process and its children have used so far; 0 where the system does not say."""
    try:
        family = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        stats = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in family]
    except OSError:
        return 0.0
    return sum(int(each[11]) + int(each[12]) for each in stats) / os.sysconf("SC_CLK_TCK")


def _round(address: str, path: str, cookie: str, requests: int, number: int) -> float:
    connection = http.client.HTTPConnection(address)
    began = time.perf_counter()
    for each in range(requests):
        network = f"10.{number}.{each % 250}.{os.getpid() % 250}"  # nobody reaches a limit
        answer, _ = _ask(
            connection, path, {"Host": "localhost", "Cookie": cookie, "X-Forwarded-For": network}
        )
        if answer.status != 200:
            raise click.ClickException(f"{path} answered {answer.status}.")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
