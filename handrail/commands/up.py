"""`handrail up`: everything on this computer, in one terminal."""

import os
import socket
from contextlib import ExitStack
from pathlib import Path

import click

from domain import database
from handrail import household, ports, secret_files
from handrail.commands.seed import fill, is_empty
from handrail.config import Config, home_in, load
from handrail.embedded import NoServer, queue_program
from handrail.occupancy import Occupied, note, occupy
from handrail.seed import DEMO_ACCOUNTS
from handrail.supervisor import NotStarted, Supervisor


@click.command()
@click.option("--empty", is_flag=True, help="Start without the fictional town and its demo accounts.")
@click.option("--reload", is_flag=True, help="Start the pages anew when code or templates change.")
def up(*, empty: bool, reload: bool) -> None:
    """Run everything on this computer."""
    try:
        _up(empty=empty, reload=reload)
    except (Occupied, NoServer, NotStarted, ports.Taken) as error:
        raise click.ClickException(str(error)) from error


def _up(*, empty: bool, reload: bool) -> None:
    config = prepare(home_in(os.environ), empty=empty)
    with ExitStack() as stack:
        note(stack.enter_context(occupy(config.home, "up")))
        held = stack.enter_context(_take(config))
        first = []
        queue = config.queue
        if queue is None:
            queue, server = stack.enter_context(queue_program(config.home))
            first = [server]
        database.upgrade(config.database, keyring=config.for_workers().keyring)
        if config.demo and is_empty(config):
            click.echo("Making a fictional town to try Handrail in. This takes a moment, the first time.")
            fill(config)
        environ = household.shared_environ(config, address=ports.of(held), queue=queue)
        programs = household.programs(config, environ, held=held.fileno(), reload=reload)
        running = Supervisor([*first, *programs], say=click.echo)
        running.run(lambda: click.echo(welcome(config, environ["HANDRAIL_BASE_URL"])))
        click.echo("Handrail has stopped.")


def prepare(home: Path, *, empty: bool) -> Config:
    """Return the configuration, after the secrets that are given nowhere else were written to ``home``."""
    given = {
        name
        for name in (secret_files.SECRET_KEY, secret_files.MASTER_KEY)
        if any(os.environ.get(f"HANDRAIL_{name.upper()}{end}") for end in ("", "_FILE"))
    }
    secret_files.write_missing(home, besides=given)
    config = load(os.environ)
    if "demo" in config.model_fields_set:
        return config
    return config.model_copy(update={"demo": not empty and config.origin.startswith("http:")})


def _take(config: Config) -> socket.socket:
    """Listen where the pages will be; who comes before they are there waits, and reaches nobody else."""
    if config.listen or config.base_url:
        return ports.take(config.address)
    held = ports.take_next(config.address)
    wanted, found = (ports.split(each)[1] for each in (config.address, ports.of(held)))
    if found != wanted:
        click.echo(f"Port {wanted} is taken, so Handrail uses {found}.")
    return held


def welcome(config: Config, base_url: str) -> str:
    """Return what a person needs to know now, in one block."""
    lines = ["", "Handrail is ready.", "", f"  {base_url}", ""]
    if config.demo:
        lines.append("  Sign in as one of the people of a fictional town:")
        lines += [f"    {each.role:10} {each.email:20} {each.password}" for each in DEMO_ACCOUNTS]
        lines.append("")
    if config.smtp_url is None:
        lines.append(f"  Mail is written to {config.home / 'mail'}")
    lines += [f"  Logs are in {config.home / 'logs'}", "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)
