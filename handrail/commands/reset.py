"""`handrail reset`: start over, with the same secrets."""

import os
import shutil
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from domain import database
from handrail import secret_files
from handrail.config import load
from handrail.occupancy import Occupied, occupy

#: The secrets stay; the locks are held while the rest is removed.
KEPT = {secret_files.SECRET_KEY, secret_files.MASTER_KEY, "up.lock", "queue.lock"}


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(*, yes: bool) -> None:
    """Start over: remove everything in the home but its secrets."""
    config = load(os.environ)
    url = make_url(config.database)
    if url.get_backend_name() != "sqlite" or not Path(url.database or "").is_relative_to(config.home):
        raise click.ClickException(
            "The database is not in the home folder, and Handrail does not remove it. "
            "Empty it yourself, then: handrail migrate"
        )
    try:
        with occupy(config.home, "up"):
            if not yes:
                click.confirm(f"Remove all people, groups and events in {config.home}?", abort=True)
            empty(config.home)
    except Occupied as error:
        raise click.ClickException(str(error)) from error
    database.upgrade(config.database, keyring=config.for_workers().keyring)
    click.echo("Everything was removed. `handrail up` starts anew.")


def empty(home: Path) -> None:
    """Remove what is in ``home`` but its secrets and locks."""
    for path in home.iterdir():
        if path.name in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
