"""`handrail keys rotate`: every member's key wrapped anew under the newest master key, while people go on."""

import os
from datetime import UTC, datetime

import click

from domain import accounts, audit, regions, sealed
from domain.audit import Action
from domain.database import Sessions, writing
from handrail.commands.seed import opened
from handrail.config import load

BATCH = 500

KEEP = (
    "Keep the older master key among HANDRAIL_MASTER_KEY_FALLBACKS: codes from apps that were set up under "
    "it, the erasure ledger, and backups taken before today still ask for it."
)


@click.group()
def keys() -> None:
    """Look after the keys that lock what members confide."""


@keys.command()
@click.option("--batch", default=BATCH, show_default=True, type=click.IntRange(1, 10_000))
def rotate(batch: int) -> None:
    """Wrap every member's key and mark every address under HANDRAIL_MASTER_KEY; nothing has to be stopped.

    Set the new key as HANDRAIL_MASTER_KEY and the old one among HANDRAIL_MASTER_KEY_FALLBACKS first, for
    web, relay and workers as well. Safe to repeat.
    """
    with opened(load(os.environ)) as sessions:
        done = rewrap_all(sessions, batch=batch, now=datetime.now(UTC))
        marked = mark_all(sessions, batch=batch)
    click.echo(f"{done} keys wrapped anew." if done else "Every key is under the newest master key already.")
    if marked:
        click.echo(f"{marked} addresses marked anew.")
    if done or marked:
        click.echo(KEEP)


def rewrap_all(sessions: Sessions, *, batch: int, now: datetime) -> int:
    """Wrap keys in short transactions of ``batch`` each, so that nobody waits long; return how many."""
    done = 0
    while True:
        with writing(sessions) as session:
            found = sealed.rewrap(session, limit=batch)
            regions.mark_anew(session, found)
            done += len(found)
            if not found:
                break
    if done:
        with writing(sessions) as session:
            audit.record(
                session,
                actor=None,
                action=Action.KEYS_ROTATED,
                about="keys",
                reason=f"{done} keys wrapped anew.",
                now=now,
            )
    return done


def mark_all(sessions: Sessions, *, batch: int) -> int:
    """Mark addresses in short transactions of ``batch`` each; return how many marks changed.

    Until then, and as long as the older key is among the fallbacks, an address is found by either mark.
    """
    last, changed = "", 0
    while True:
        with writing(sessions) as session:
            last, found = accounts.mark_anew(session, after=last, limit=batch)
        changed += found
        if not last:
            return changed
