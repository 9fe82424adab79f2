"""One file per command, read only when it is called: `handrail web` never loads the numerics."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from handrail.config import ConfigError


class Refused(click.ClickException):
    """The command was not begun, because of what it was told."""

    exit_code = 2


class Commands(click.Group):
    """A group of commands by name: where each is found, and what it does in a few words."""

    def __init__(self, *, found: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._found = found

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(self._found)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, imported now; None for an unknown name."""
        if cmd_name not in self._found:
            return None
        module, _, attribute = self._found[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"handrail.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table as help, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_place, summary) in self._found.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; problems of the environment are printed, with exit status 2.

        So is a database that does not answer, or is not at this version.
        """
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            lines = "\n".join(f"  {name} {text}" for name, text in error.problems.items())
            raise Refused(f"Handrail cannot start with these settings:\n{lines}") from error
        except Exception as error:
            if "sqlalchemy" in sys.modules and _is_of_database(error):
                name = type(getattr(error, "orig", None) or error).__name__
                raise Refused(
                    f"The database could not do it ({name}). `handrail doctor` says why."
                ) from error
            raise


def _is_of_database(error: Exception) -> bool:
    from sqlalchemy.exc import OperationalError, ProgrammingError  # noqa: PLC0415 - help does without

    return isinstance(error, OperationalError | ProgrammingError)
