"""What people type, made fit to keep; and choices as the forms of organizers and admins show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectChoice, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget


def tidy(value: str | None) -> str | None:
    """Return text without control characters, which some databases refuse, and without space around it."""
    if value is None:
        return None
    plain = value.replace("\r\n", "\n")
    return "".join(each for each in plain if each == "\n" or each.isprintable()).strip()


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return pairs of value and label as choices."""
    return [SelectChoice(value, label) for value, label in pairs]


class TicksField(SelectMultipleField):  # type: ignore[misc]
    """Several choices, each with its own box to tick."""

    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)
