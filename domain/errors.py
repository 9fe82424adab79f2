"""What may be refused, in words that can be shown to the person who asked."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """Something was refused; the message says what is so and what the person can do."""


class NotFound(DomainError):
    """It does not exist, or not for this person: the two are never told apart."""

    def __init__(self, message: str = "We could not find that. It may have been removed.") -> None:
        super().__init__(message)


class NotAllowed(DomainError):
    """This person may not do this."""


class Conflict(DomainError):
    """It cannot be done now, because something else has changed first."""


class Invalid(DomainError):
    """One or more values cannot be used; ``problems`` maps field to message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = dict(problems)
