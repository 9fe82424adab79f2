"""`handrail erasures`: the ledger of who was erased, to be kept apart from the database."""

import os

import click

from domain import database, erasure
from handrail.config import load


@click.command()
def erasures() -> None:
    """Print the erasure ledger, one mark a line; it names nobody.

    Kept apart, it lets `handrail restore --ledger` erase again whom an older copy brings back.
    """
    config = load(os.environ)
    engine = database.open_engine(config.database, hide_parameters=True)
    try:
        with database.reading(database.open_sessions(engine, config.for_workers().keyring)) as session:
            for mark in erasure.ledger(session):
                click.echo(mark.line())
    finally:
        engine.dispose()
