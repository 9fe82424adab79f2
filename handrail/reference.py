"""The pages in docs/reference that are made from the code: `python -m handrail.reference [--check]`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handrail.config import PREFIX, SECRETS, Config
from matching import settings

FOLDER = Path(__file__).parent.parent / "docs" / "reference"

VARIABLES = """# Variables

Handrail reads its configuration from the environment, and from nowhere else. Every variable may be left
out on a computer of one's own: `handrail up` makes what is missing. Those marked *file* may also be given
as the path of a file that holds the value, under the same name with `_FILE` behind it. `handrail doctor`
says what is in force and what is wrong with it.

| variable | file | default | meaning |
|---|---|---|---|
{rows}

This page is written by `make docs` from `handrail/config.py`.
"""

SETTINGS = """# Matching settings

What an admin may tune, under *Admin*, *Matching*. Each change is a new version with a note; every matching
run names the version it used. How to go about it: [tune the matching](../how-to/tune-the-matching.md).

| setting | as Handrail comes | from | to | unit | meaning |
|---|---|---|---|---|---|
{rows}

The settings that end in `_weight` count in proportion to each other and need not add up to 1; at least one
must be above 0. SUDS is how hard something feels, from 0, calm, to 100, the hardest somebody can imagine.

This page is written by `make docs` from `matching/settings.py`.
"""


def pages() -> Mapping[Path, str]:
    """Return each generated page's path and what must stand in it."""
    rows = "\n".join(_row(name, field) for name, field in Config.model_fields.items())
    tuned = "\n".join(_setting(name, facts) for name, facts in settings.describe().items())
    return {
        FOLDER / "variables.md": VARIABLES.format(rows=rows),
        FOLDER / "settings.md": SETTINGS.format(rows=tuned),
    }


def _row(name: str, field: Any) -> str:
    shown = (field.json_schema_extra or {}).get("shown") or _default(field.default)
    return (
        f"| `{PREFIX}{name.upper()}` | {'file' if name in SECRETS else ''} | {shown} | {field.description} |"
    )


def _setting(name: str, facts: Mapping[str, Any]) -> str:
    numbers = " | ".join(f"{facts[each]:g}" for each in ("default", "low", "high"))
    return f"| `{name}` | {numbers} | {facts['unit']} | {facts['meaning']} |"


def _default(value: object) -> str:
    if value is None:
        return "none"
    return "no" if value is False else f"`{value}`"


def outdated() -> list[Path]:
    """Return the pages that no longer say what the code says."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]


def main() -> int:
    """Write the pages, or with --check only name those that are out of date; return the exit status."""
    old = outdated()
    if "--check" in sys.argv:
        for path in old:
            print(f"{path} is out of date: make docs")
        return 1 if old else 0
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
