"""Numbers people type, held between two ends."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.validators import NumberRange, StopValidation


class Between(NumberRange):  # type: ignore[misc]
    """Refuse what is no number from ``low`` to ``high``, with one sentence that says what would be."""

    def __init__(self, low: float, high: float, message: Any) -> None:
        super().__init__(low, high, message)

    def __call__(self, form: Any, field: Field) -> None:
        """Raise StopValidation with the message, in place of what was said of the field before."""
        try:
            super().__call__(form, field)
        except (ValueError, OverflowError) as problem:  # a whole number may be beyond any float
            field.errors = []
            raise StopValidation(str(self.message)) from problem
