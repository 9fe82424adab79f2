"""`handrail bench event`: one new event against all members around it."""

from __future__ import annotations

import json
from dataclasses import replace

import click

from handrail.commands.bench_match import measure, one_thread, print_engines


@click.command()
@click.option("--members", default=100_000, show_default=True, type=click.IntRange(64))
@click.option("--events", default=1_000, show_default=True, type=click.IntRange(1), help="Already open.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_event(*, members: int, events: int, as_json: bool) -> None:
    """Score one new event for made-up members of one city, on one thread, packed already.

    "handrail" is one pass over one column: every hard limit, the score for both roles. "everything again" is
    the same pass over all events, which a new event would cost without it. "sgemm" multiplies the column.
    """
    one_thread()
    from matching import crowd as crowds  # noqa: PLC0415  after the threads are set; loads the numerics

    one = replace(crowds.crowd(members, 1, country=False, seed=1), k=1)
    region = crowds.crowd(members, events, country=False, seed=1)
    report = measure(
        one,
        {
            "sgemm": crowds.sgemm,
            "handrail": crowds.whole,
            "everything again": lambda part: crowds.whole(region.part(0, part.size)),
        },
    ) | {"members": members, "events": events}
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(f"one new event, {members:,} members, {events:,} events open, one thread, CPU seconds")
    print_engines(report["engines"])
