"""`handrail grant EMAIL ROLE`: the only way to the first moderator and the first admin."""

import os
from datetime import UTC, datetime

import click

from domain import accounts, audit
from domain.audit import Action
from domain.database import writing
from domain.models import RoleName
from handrail.commands.seed import opened
from handrail.config import load


@click.command()
@click.argument("email")
@click.argument("role", type=click.Choice([str(each) for each in RoleName]))
def grant(email: str, role: str) -> None:
    """Give the account of EMAIL a role. It needs a second lock at its next sign-in."""
    with opened(load(os.environ)) as sessions, writing(sessions) as session:
        account = accounts.find(session, email)
        if account is None:
            raise click.ClickException("Nobody has an account with this address. Let them join first.")
        accounts.grant(session, account=account, role=RoleName(role))
        audit.record(
            session,
            actor=None,
            action=Action.ROLE_GIVEN,
            about=f"account:{account.id}",
            reason=f"{role}, by the operator.",
            now=datetime.now(UTC),
        )
    click.echo(f"Done. They are {'an' if role[0] in 'ao' else 'a'} {role} from their next sign-in on.")
