"""A copy of one account's data as a zip: JSON for programs, CSV for tables, one HTML page to read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from jinja2 import Environment, PackageLoader

from domain.export import Section

#: What a spreadsheet would take for a formula, in ordinary and in full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def pack(sections: Sequence[Section], *, made_at: datetime) -> bytes:
    """Return the zip."""
    body = io.BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        data = {each.name: each.rows for each in sections}
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        archive.writestr("read-me-first.html", page(sections, made_at=made_at))
        for each in sections:
            if each.rows:
                archive.writestr(f"tables/{each.name}.csv", table(each.rows))
    return body.getvalue()


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as CSV; a cell that a spreadsheet would run is led by an apostrophe."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> str:
    """Return a value as one cell."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def page(sections: Sequence[Section], *, made_at: datetime) -> str:
    """Return everything as one page to read; nothing in it is loaded from elsewhere."""
    environment = Environment(loader=PackageLoader("workers", "templates"), autoescape=True)
    environment.filters["words"] = words
    filled = [each for each in sections if each.rows]
    return environment.get_template("export.html").render(sections=filled, made_at=made_at)


def words(value: Any) -> str:
    """Return a value as a person reads it."""
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(words(each) for each in value)
        case dict():
            return "; ".join(f"{name.replace('_', ' ')}: {words(each)}" for name, each in value.items())
        case _:
            return str(value)
