"""`handrail bench circles`: who goes together, against simpler ways, the optimum and a bound."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from matching.circle_puzzle import Puzzle
    from matching.circle_search import Circles

_ROUNDS = 5
#: Up to so many people the optimum itself is worked out.
_EXACT = 48


@click.command()
@click.option("--people", default="24,40,200", show_default=True, help="How many ask, several with commas.")
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--no-bound", is_flag=True, help="Leave out optimum and bound, which take a minute or two.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_circles(*, people: str, seed: int, no_bound: bool, as_json: bool) -> None:
    """Form circles of made-up people on one thread, side by side with greedy filling and k-means.

    "of_best" is the share of the exact optimum where there is one, of an upper bound elsewhere.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"
    try:
        sizes = [int(each) for each in people.split(",")]
    except ValueError:
        raise click.BadParameter("whole numbers with commas between, please", param_hint="--people") from None
    found = [_measured(size, seed, bounded=not no_bound) for size in sizes]
    report = {
        "cases": found,
        "rounds": _ROUNDS,
        "threads": 1,
        "seed": seed,
        "python": platform.python_version(),
    }
    if as_json:
        click.echo(json.dumps(report))
    else:
        _print_table(found)


def _measured(people: int, seed: int, *, bounded: bool) -> dict[str, Any]:
    from matching import circle_peers, circle_search, circles  # noqa: PLC0415  after the threads are set
    from matching.settings import MatchingSettings  # noqa: PLC0415

    puzzle = circles.puzzle_of(circle_peers.crowd(people, seed=seed), MatchingSettings())
    ways: dict[str, Callable[[], Circles]] = {
        "handrail": lambda: circle_search.search(puzzle, seed=seed),
        "greedy": lambda: circle_peers.greedy(puzzle),
        "k-means": lambda: circle_peers.k_means(puzzle, seed=seed),
    }
    found = {name: _timed(puzzle, way) for name, way in ways.items()}
    best = _best(puzzle, ways["handrail"](), exact=people <= _EXACT) if bounded else {}
    for each in found.values():
        each["of_best"] = round(each["worth"] / best["worth"], 4) if best else None
    return {"people": people, "ways": found, "best": best}


def _timed(puzzle: Puzzle, way: Callable[[], Circles]) -> dict[str, Any]:
    """Return what a way comes to, and the median of its seconds by the clock and by the processor."""
    wall, cpu, circles = [], [], way()
    for _ in range(_ROUNDS):
        began, ran = time.perf_counter(), time.process_time()
        way()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - ran)
    return {
        "placed": sum(map(len, circles)),
        "circles": len(circles),
        "worth": round(puzzle.total(circles), 6),
        "seconds": round(statistics.median(wall), 4),
        "cpu_seconds": round(statistics.median(cpu), 4),
    }


def _best(puzzle: Puzzle, start: Circles, *, exact: bool) -> dict[str, Any]:
    from matching import circle_bound  # noqa: PLC0415  loads Numba

    began = time.process_time()
    if exact:
        best = circle_bound.optimum(puzzle, start)
        found = {"kind": "optimum", "worth": best.total, "placed": sum(map(len, best.circles))}
    else:
        bound = circle_bound.bound(puzzle, start)
        placed = len(puzzle.ids) - int(bound.left_out)
        found = {"kind": "bound", "worth": bound.total, "placed": placed}
    return found | {"cpu_seconds": round(time.process_time() - began, 2)}


def _print_table(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        best: Mapping[str, Any] = case["best"]
        told = f"; {best['kind']} {best['worth']:.3f} with {best['placed']} placed" if best else ""
        click.echo(f"{case['people']} people, one thread{told}")
        for name, way in case["ways"].items():
            share = f"{way['of_best']:.3f} of it" if way["of_best"] is not None else ""
            click.echo(
                f"{name:>10} {way['placed']:>5} placed, worth {way['worth']:>9.3f} {share:>12}"
                f" {way['cpu_seconds']:>8.3f} s of processor"
            )
