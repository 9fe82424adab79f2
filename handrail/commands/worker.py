"""`handrail worker`: a process that does the work of some lanes, or of all."""

import os

import click

from handrail.config import load
from workers.worker import run


@click.command()
@click.option("--lane", "lanes", multiple=True, help="Work on this lane; may be repeated. All, if left out.")
def worker(lanes: tuple[str, ...]) -> None:
    """Run a worker."""
    run(load(os.environ).for_workers(), lanes)
