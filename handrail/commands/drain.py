"""`handrail drain`: the workers' loop, here and now, without a queue server."""

import os

import click

from handrail.config import load
from workers.drain import drain as drain_lanes


@click.command()
@click.option("--lane", "lanes", multiple=True, help="Only this lane; may be repeated. All, if left out.")
def drain(lanes: tuple[str, ...]) -> None:
    """Do the waiting work here and now, without a queue server."""
    done = drain_lanes(load(os.environ).for_workers(), lanes)
    click.echo(f"{done} done.")
