"""What people type, made fit to keep; and several choices with a box each."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget


def tidy(value: str | None) -> str | None:
    """Return text without control characters, which some databases refuse, and without space around it."""
    if value is None:
        return None
    plain = value.replace("\r\n", "\n")
    return "".join(each for each in plain if each == "\n" or each.isprintable()).strip()


class TicksField(SelectMultipleField):  # type: ignore[misc]
    """Several choices, each with its own box to tick."""

    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)
