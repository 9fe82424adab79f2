"""`handrail restore FILE`: the database as it was, checked, with erasures since then done again."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from domain import backup as copies
from domain import database
from domain.erasure import KeyMissing
from domain.restored import Findings, examine
from handrail.config import Config, load
from handrail.occupancy import Occupied, occupy


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The erasure ledger kept apart from the database; those it names are erased again.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(file: Path, *, ledger: Path | None, yes: bool, as_json: bool) -> None:
    """Make the database what FILE holds. Stop web, relay and workers first.

    A SQLite file is replaced; a PostgreSQL database must be empty.
    """
    config = load(os.environ)
    with ExitStack() as stack:
        try:
            stack.enter_context(occupy(config.home, "up"))
        except Occupied as error:
            raise click.ClickException(str(error)) from error
        _ask(config, yes=yes)
        began = time.perf_counter()
        found = _restore(config, file, ledger)
    if as_json:
        click.echo(json.dumps({**found.to_json(), "seconds": round(time.perf_counter() - began, 3)}))
    else:
        click.echo("\n".join([*found.lines(), f"Restored in {time.perf_counter() - began:.1f} s."]))
    if not found.well:
        raise click.exceptions.Exit(1)


def _ask(config: Config, *, yes: bool) -> None:
    url = make_url(config.database)
    if not yes and url.get_backend_name() == "sqlite" and Path(url.database or "").exists():
        click.confirm(f"Replace everything in {url.database}?", abort=True)


def _restore(config: Config, file: Path, ledger: Path | None) -> Findings:
    try:
        copied = copies.put_back(config.database, file, keyring=config.for_workers().keyring)
    except copies.NotRestorable as error:
        raise click.ClickException(str(error)) from error
    engine = database.open_engine(config.database, hide_parameters=True)
    try:
        sessions = database.open_sessions(engine, config.for_workers().keyring)
        lines = ledger.read_text(encoding="utf-8").splitlines() if ledger else []
        return examine(sessions, copied, ledger=lines, now=datetime.now(UTC))
    except KeyMissing as error:
        raise click.ClickException(f"Restored, but not to be opened yet. {KeyMissing.__doc__}") from error
    finally:
        engine.dispose()
