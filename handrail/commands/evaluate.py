"""`handrail evaluate DIR`: how well matching finds what people of a community really joined."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matching.evaluate import Report

_SHOWN = ("recall@1", "recall@10", "ndcg@10", "macro_recall@10")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, a name per method.")
@click.option("--seed", default=0, show_default=True, help="For the split, where the files have none.")
def evaluate(folder: Path, *, as_json: bool, seed: int) -> None:
    """Measure matching on the history in DIR: members.csv, groups.csv, joins.csv and perhaps test.csv."""
    from matching.evaluate import evaluate as measure  # noqa: PLC0415  the numerics load only when asked for
    from matching.histories import HistoryError, read_history  # noqa: PLC0415

    started = time.perf_counter()
    try:
        history = read_history(folder)
    except HistoryError as problem:
        click.echo(f"This history cannot be read. {problem}", err=True)
        sys.exit(2)
    report = measure(history, seed=seed)
    if as_json:
        sizes = {"members": len(history.members), "groups": len(history.community.groups.ids)}
        click.echo(json.dumps({**report, **sizes, "seconds": round(time.perf_counter() - started, 3)}))
    else:
        _print_table(report)


def _print_table(report: Report) -> None:
    click.echo("".join(name.rjust(17) for name in ("method", "people", *_SHOWN)))
    for method, found in report.items():
        for regime in ("warm", "cold"):
            measures = found[regime]
            if isinstance(measures, dict) and measures["people"]:
                numbers = [f"{measures[name]:.3f}".rjust(17) for name in _SHOWN]
                click.echo(
                    f"{method} {regime}".rjust(17) + str(measures["people"]).rjust(17) + "".join(numbers)
                )
