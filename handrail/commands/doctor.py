"""`handrail doctor`: what is wrong, and the one line that mends it."""

import dataclasses
import json
import os
import sys
from datetime import UTC, datetime

import click

from handrail.doctor import Finding, examine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--only", "names", multiple=True, help="Look at this line alone; may be repeated.")
def doctor(*, as_json: bool, names: tuple[str, ...]) -> None:
    """Say what is wrong and what mends it; exit status 1 when something is."""
    found = examine(os.environ, now=datetime.now(UTC))
    findings = [each for each in found if not names or each.name in names]
    # A line that was asked for and cannot be looked at is not well: what hinders it is shown instead.
    findings = findings or [each for each in found if not each.well]
    well = bool(findings) and all(each.well for each in findings)
    if as_json:
        click.echo(json.dumps({"well": well, "findings": [dataclasses.asdict(each) for each in findings]}))
    else:
        click.echo("\n".join(map(_line, findings)))
        click.echo("\nAll is well." if well else "\nWhat is marked with ! wants mending.")
    sys.exit(0 if well else 1)


def _line(finding: Finding) -> str:
    mark = " " if finding.well else "!"
    mend = f"\n{'':16}mend: {finding.mend}" if finding.mend else ""
    return f"{mark} {finding.name:13} {finding.says}{mend}"
