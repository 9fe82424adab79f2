"""`handrail migrate`: the schema, brought up to date or compared with the models."""

import os
import tempfile
from pathlib import Path

import click

from domain import database
from handrail.config import load


@click.command()
@click.option("--check", is_flag=True, help="Only compare the migrations with the models.")
def migrate(*, check: bool) -> None:
    """Bring the database to the newest version."""
    if check:
        _compare()
        return
    config = load(os.environ)
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database.upgrade(config.database, keyring=config.for_workers().keyring)
    click.echo(f"The database is at version {database.newest_revision()}.")


def _compare() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.db'}"
        database.upgrade(url)
        engine = database.open_engine(url)
        differences = database.drift(engine)
        engine.dispose()
    for difference in differences:
        click.echo(f"  {difference}", err=True)
    if differences:
        raise click.ClickException("The models differ from what the migrations make; write a migration.")
    click.echo("The migrations make what the models describe.")
