"""`handrail restore FILE`: the database as it was, checked, with erasures since then done again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from domain import backup as copies
from domain import database, erasure
from domain.erasure import KeyMissing
from domain.restored import Findings, examine
from domain.sealed import SealBroken
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

    A SQLite file is replaced; a PostgreSQL database must be empty. Who left since is erased again, as the
    ledger says and the one in the home folder.
    """
    config = load(os.environ)
    lines = _ledger(config.home, ledger)
    with ExitStack() as stack:
        try:
            stack.enter_context(occupy(config.home, "up"))
        except Occupied as error:
            raise click.ClickException(str(error)) from error
        _ask(config, yes=yes)
        began = time.perf_counter()
        found = _restore(config, file, lines)
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


def _ledger(home: Path, given: Path | None) -> list[str]:
    """Return the lines of the ledger given, and of the one that workers keep in the home folder."""
    files = [path for path in (home / erasure.LEDGER, given) if path and path.exists()]
    try:
        lines = [line for path in files for line in path.read_text(encoding="ascii").splitlines()]
        marks = [line for line in lines if line.strip()]
        for line in marks:
            erasure.Mark.from_line(line)
    except ValueError as error:
        raise click.ClickException("The erasure ledger cannot be read. Nothing was restored.") from error
    return marks


def _restore(config: Config, file: Path, ledger: Sequence[str]) -> Findings:
    try:
        copied = copies.put_back(config.database, file, keyring=config.for_workers().keyring)
    except SealBroken as error:
        raise click.ClickException("The master key is not that of the backup.") from error
    except copies.NotRestorable as error:
        raise click.ClickException(str(error)) from error
    engine = database.open_engine(config.database, hide_parameters=True)
    try:
        sessions = database.open_sessions(engine, config.for_workers().keyring)
        return examine(sessions, copied, ledger=ledger, now=datetime.now(UTC))
    except KeyMissing as error:
        raise click.ClickException(f"Restored, but not to be opened yet. {KeyMissing.__doc__}") from error
    finally:
        engine.dispose()
