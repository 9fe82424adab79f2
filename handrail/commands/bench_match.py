"""`handrail bench match`: the whole match of many members against what others need for less."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from matching.crowd import Crowd

_ROUNDS = 5
_SHOWN = ("numpy", "scikit-learn", "numba", "faiss-cpu", "implicit")


@click.command()
@click.option("--members", default=10_000, show_default=True, type=click.IntRange(64))
@click.option("--events", default=1_000, show_default=True, type=click.IntRange(32))
@click.option("--country", is_flag=True, help="Spread over a country, so that most is out of reach.")
@click.option("--weekly", is_flag=True, help="Eight dates for each event, instead of all different.")
@click.option("--only", help="Time only these, separated by commas, as well as sgemm.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_match(
    *, members: int, events: int, country: bool, weekly: bool, only: str | None, as_json: bool
) -> None:
    """Match made-up members to events on one thread, side by side with sgemm and other engines.

    "handrail" does everything: hard limits, all parts of the score, the best 20 for both roles. "numpy" and
    "scikit-learn" do the same with matrices; the others only the inner product and the best 20.
    """
    one_thread()
    from matching import crowd as crowds  # noqa: PLC0415  after the threads are set; loads the numerics

    crowd = crowds.crowd(members, events, country=country, weekly=weekly, seed=1)
    engines = {**crowds.engines(), **_peers()}
    if only:
        wanted = {"sgemm", *only.split(",")}
        engines = {name: engine for name, engine in engines.items() if name in wanted}
    report = measure(crowd, engines) | {
        "members": members,
        "events": events,
        "country": country,
        "weekly": weekly,
    }
    if as_json:
        click.echo(json.dumps(report))
    else:
        _print_table(report)


def one_thread() -> None:
    """Hold all numeric libraries to one thread; before they are loaded."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"


def measure(crowd: Crowd, engines: Mapping[str, Callable[[Crowd], Any]]) -> dict[str, Any]:
    """Time the engines in turns, so that what disturbs one disturbs all; CPU seconds of the median round."""
    spent: dict[str, list[float]] = {name: [] for name in engines}
    memory: dict[str, float] = {}
    for name, engine in engines.items():
        before = _peak_megabytes()
        engine(crowd.part(0, 64))
        engine(crowd)
        memory[name] = max(0.0, _peak_megabytes() - before)
    for _ in range(_ROUNDS):
        for name, engine in engines.items():
            started = time.process_time()
            engine(crowd)
            spent[name].append(time.process_time() - started)
    median = {name: statistics.median(each) for name, each in spent.items()}
    return {
        "engines": {
            name: {
                "seconds": round(seconds, 6),
                "members_per_second": round(crowd.size / seconds),
                "times_sgemm": round(seconds / median["sgemm"], 2),
                "extra_megabytes": round(memory[name], 1),
            }
            for name, seconds in median.items()
        },
        "handrail_to": {
            name: round(median["handrail"] / seconds, 3)
            for name, seconds in median.items()
            if name != "handrail" and "handrail" in median
        },
        "versions": {"python": platform.python_version(), **_versions()},
        "rounds": _ROUNDS,
        "threads": 1,
    }


def _peers() -> dict[str, Callable[[Crowd], Any]]:
    """Return the optional engines that are installed (the extra ``bench``)."""
    found: dict[str, Callable[[Crowd], Any]] = {}
    try:
        import faiss  # noqa: PLC0415  optional

        faiss.omp_set_num_threads(1)
        found["faiss cosine"] = lambda crowd: _faiss(faiss, crowd)
    except ImportError:
        pass
    try:
        from implicit.cpu.topk import topk  # noqa: PLC0415  optional

        found["implicit cosine"] = lambda crowd: topk(
            crowd.events.about, crowd.members.tastes, crowd.k, num_threads=1
        )
    except ImportError:
        pass
    return found


def _faiss(faiss: Any, crowd: Crowd) -> Any:
    index = faiss.IndexFlatIP(crowd.events.about.shape[1])
    index.add(crowd.events.about)
    return index.search(crowd.members.tastes, crowd.k)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _versions() -> dict[str, str]:
    found = {}
    for name in _SHOWN:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _print_table(report: Mapping[str, Any]) -> None:
    place = "a country" if report["country"] else "one city"
    place += ", weekly" if report["weekly"] else ""
    click.echo(
        f"{report['members']:,} members, {report['events']:,} events, {place}, one thread, CPU seconds"
    )
    print_engines(report["engines"])


def print_engines(engines: Mapping[str, Mapping[str, Any]]) -> None:
    """Print a line for each engine measured."""
    for name, found in engines.items():
        click.echo(
            f"{name:>22} {found['seconds']:>9.3f} s {found['times_sgemm']:>8.2f} x sgemm"
            f" {found['members_per_second']:>12,} members/s {found['extra_megabytes']:>8.1f} MB"
        )
