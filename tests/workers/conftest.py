"""A runtime of the test's own: its database, its clock, its mail kept in a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from domain.database import Sessions
from tests.conftest import NOW
from workers.runtime import Runtime


@dataclass
class Outbasket:
    """A mailer with the interface of the real ones: keeps what it is given, or refuses it once."""

    sent: list[EmailMessage] = field(default_factory=list)
    refuses: int = 0

    def send(self, message: EmailMessage) -> None:
        if self.refuses:
            self.refuses -= 1
            raise ConnectionRefusedError
        self.sent.append(message)

    def forget(self, address: str) -> None:
        self.sent = [each for each in self.sent if each["To"] != address]


@pytest.fixture
def basket() -> Outbasket:
    return Outbasket()


@pytest.fixture
def runtime(sessions: Sessions, basket: Outbasket) -> Runtime:
    return Runtime(
        sessions=sessions,
        mailer=basket,
        base_url="http://localhost:8000",
        mail_from="handrail@localhost",
        clock=lambda: NOW,
    )
