"""`handrail import FILE`: events from a listing, once however often it is imported."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from domain import database, events, outbox
from domain.database import Sessions, writing
from domain.errors import Invalid
from domain.listings.reading import Reading, read
from domain.listings.record import Listing, Refused, UnreadableFile
from domain.listings.storing import Outcome, store
from domain.models import new_id
from handrail.commands import Refused as Unusable
from handrail.commands.seed import opened
from handrail.commands.up import prepare
from handrail.config import home_in

#: Listings in one transaction: short enough that members' own writes never wait long.
BATCH = 50


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--starting", type=click.DateTime(["%Y-%m-%d"]), help="Move the first week to begin here.")
@click.option("--zone", default="UTC", show_default=True, help="Clock of listings that name none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def import_listings(*, file: Path, starting: datetime | None, zone: str, as_json: bool) -> None:
    """Read events from a schema.org JSON-LD, iCalendar or CSV file."""
    reading = _read(file, starting.date() if starting else None, zone)
    config = prepare(home_in(os.environ), empty=True)
    database.upgrade(config.database, keyring=config.for_workers().keyring)
    with opened(config) as sessions:
        counts, refused = _store(sessions, reading)
    _report(counts, refused, as_json=as_json)


def _read(file: Path, starting: date | None, zone: str) -> Reading:
    try:
        return read(file, starting=starting, zone=zone)
    except (UnreadableFile, ValueError) as problem:
        raise Unusable(str(problem)) from problem


def _store(sessions: Sessions, reading: Reading) -> tuple[Counter[Outcome], list[Refused]]:
    """Store a reading in short transactions, and announce it once at the end."""
    now = datetime.now(UTC)
    counts: Counter[Outcome] = Counter()
    refused: list[Refused] = []
    for rows in _batches(reading):
        with writing(sessions) as session:
            for row in rows:
                if isinstance(row, Refused):
                    refused.append(row)
                    continue
                try:
                    with session.begin_nested():
                        counts[store(session, row, now=now)] += 1
                except Invalid as problem:
                    refused.append(Refused(position=row.position, reason=str(problem)))
    if counts.total() > counts[Outcome.UNCHANGED]:
        with writing(sessions) as session:
            outbox.record(session, events.ListingsImported(reading=new_id()))
    return counts, refused


def _batches(reading: Reading) -> Iterator[list[Listing | Refused]]:
    console = Console(stderr=True)
    rows = iter(track(reading, description="Reading events", total=reading.total, console=console))
    while batch := list(islice(rows, BATCH)):
        yield batch


def _report(counts: Counter[Outcome], refused: list[Refused], *, as_json: bool) -> None:
    for each in refused:
        click.echo(f"Left out event {each.position}: {each.reason}", err=True)
    if refused:
        click.echo(f"Warning: {len(refused)} could not be read. Everything else is in.", err=True)
    figures = {"read": counts.total() + len(refused)} | {each.value: counts[each] for each in Outcome}
    if as_json:
        rows = [{"position": each.position, "reason": each.reason} for each in refused]
        click.echo(json.dumps(figures | {"refused": rows}))
        return
    click.echo(
        ", ".join(f"{count} {name}" for name, count in figures.items()) + f", {len(refused)} left out."
    )
