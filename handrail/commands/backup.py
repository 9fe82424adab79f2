"""`handrail backup [FILE]`: a copy of the whole database, while everything goes on."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from domain import backup as copies
from handrail.config import load


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backup(file: Path | None, *, as_json: bool) -> None:
    """Copy the whole database into FILE, or into the home's folder `backups`.

    Members and workers go on as usual. The copy is as secret as the database; the master key is not in it.
    """
    config, began = load(os.environ), time.perf_counter()
    target = file or _usual(config.home)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        copied = copies.take(config.database, target)
    except (copies.NotCopied, OSError) as error:
        raise click.ClickException(f"No backup was made. {error}") from error
    seconds, size = time.perf_counter() - began, target.stat().st_size
    rows = sum(copied.rows.values())
    if as_json:
        facts = {"file": str(target), "revision": copied.revision, "rows": rows, "bytes": size}
        click.echo(json.dumps({**facts, "seconds": round(seconds, 3)}))
    else:
        click.echo(f"{target}: {rows} rows, {size / 1e6:.1f} MB, {seconds:.1f} s.")


def _usual(home: Path) -> Path:
    return home / "backups" / f"handrail-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
