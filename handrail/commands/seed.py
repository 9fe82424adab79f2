"""`handrail seed`: a fictional town to play with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy import exists, select

from domain import database
from domain.database import Sessions
from domain.models import Account
from handrail.config import Config, load
from handrail.seed import seed_town


@click.command()
def seed() -> None:
    """Fill an empty home with the fictional town."""
    config = load(os.environ)
    if config.origin.startswith("https:"):
        raise click.ClickException(
            "The town's demo accounts have passwords anybody may read; not with https."
        )
    database.upgrade(config.database, keyring=config.for_workers().keyring)
    click.echo("The town is there." if fill(config) else "There are people here already; nothing was added.")


def fill(config: Config) -> bool:
    """Seed the town unless there are people already; return whether it was seeded."""
    with opened(config) as sessions:
        return seed_town(sessions, now=datetime.now(UTC))


def is_empty(config: Config) -> bool:
    """Return whether nobody has an account yet."""
    with opened(config) as sessions, database.reading(sessions) as session:
        return session.scalar(select(exists(select(Account.id)))) is False


@contextmanager
def opened(config: Config) -> Iterator[Sessions]:
    """Open the database with the keys for its sealed fields."""
    told = config.for_workers()
    engine = database.open_engine(told.database_url)
    try:
        yield database.open_sessions(engine, told.keyring)
    finally:
        engine.dispose()
