"""`handrail relay`: the process that wakes workers."""

import os

import click

from handrail.config import load
from workers.relay import run


@click.command()
def relay() -> None:
    """Run the relay, which wakes workers when there is work."""
    run(load(os.environ).for_workers())
