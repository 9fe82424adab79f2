"""`handrail erasures`: the ledger of who was erased, to be kept apart from the database."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from domain import database, erasure, restored
from handrail.config import load


@click.command()
@click.option(
    "--apply",
    "ledger",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Erase again whom this ledger names, after PostgreSQL's own restore; before the site opens.",
)
def erasures(*, ledger: Path | None) -> None:
    """Print the erasure ledger, one mark a line; it names nobody.

    Kept apart, it lets `handrail restore --ledger` erase again whom an older copy brings back.
    """
    config = load(os.environ)
    engine = database.open_engine(config.database, hide_parameters=True)
    sessions = database.open_sessions(engine, config.for_workers().keyring)
    try:
        if ledger is not None:
            lines = ledger.read_text(encoding="utf-8").splitlines()
            try:
                erased = restored.apply(sessions, lines, now=datetime.now(UTC))
            except erasure.KeyMissing as error:
                raise click.ClickException(str(erasure.KeyMissing.__doc__)) from error
            except ValueError as error:
                raise click.ClickException(f"{ledger} is no erasure ledger. Nobody was erased.") from error
            click.echo(f"{erased} accounts were erased again, as the ledger asks.")
            return
        with database.reading(sessions) as session:
            for mark in erasure.ledger(session):
                click.echo(mark.line())
    finally:
        engine.dispose()
