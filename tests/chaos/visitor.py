"""A member's browser: one session, one address, forms with their token; asks again until it is answered."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

ONCE_MORE = frozenset({429, 500, 502, 503, 504})


class NeverAnswered(Exception):
    """A request was tried for a long time, and nobody answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What came back, and how often it was asked for."""

    status: int
    location: str
    text: str = field(repr=False)
    seconds: float  #: of the last try
    tries: int = 1
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Tally:
    """What all visitors saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, status: str, *, acknowledged: bool = False) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.acknowledged += acknowledged


@dataclass(slots=True)
class Visitor:
    """One browser; ``address`` is what a trusted proxy would say of where it comes from."""

    port: int
    address: str
    tally: Tally
    patience: float = 90.0
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    host: str = "127.0.0.1"

    def once(
        self, method: str, path: str, fields: dict[str, str] | None = None, *, timeout: float = 20.0
    ) -> Reply:
        """Ask once; raises `OSError` or `http.client.HTTPException` where nothing came back."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        headers = {"Host": f"localhost:{self.port}", "X-Forwarded-For": self.address}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrf_token": self.token, **fields})
        began = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for morsel in SimpleCookie(line).values():
                self.cookies[morsel.key] = morsel.value
        return Reply(
            status=answer.status, location=answer.headers.get("Location", ""), text=text,
            seconds=time.monotonic() - began, headers=dict(answer.headers),
        )  # fmt: skip

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Reply:
        """Ask until there is an answer other than "not just now", as a person or a browser would."""
        until, tries = time.monotonic() + self.patience, 0
        seen: Counter[str] = Counter()
        while time.monotonic() < until:
            tries += 1
            try:
                reply = self.once(method, path, fields)
            except (OSError, http.client.HTTPException) as error:
                self.tally.saw(type(error).__name__)
                seen[type(error).__name__] += 1
                time.sleep(0.1)
                continue
            self.tally.saw(str(reply.status))
            seen[str(reply.status)] += 1
            if reply.status not in ONCE_MORE:
                return Reply(
                    status=reply.status, location=reply.location, text=reply.text, seconds=reply.seconds,
                    tries=tries, headers=reply.headers,
                )  # fmt: skip
            time.sleep(0.1)
        raise NeverAnswered(f"{method} {path}: {dict(seen)}")

    def look(self, path: str) -> Reply:
        """Look at a page, keeping its forms' token."""
        reply = self.ask("GET", path)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', reply.text):
            self.token = found[1]
        return reply

    def send(self, path: str, **fields: str) -> Reply:
        """Send a form; once it was answered it counts as acknowledged."""
        reply = self.ask("POST", path, fields)
        if reply.status in {302, 303}:
            with self.tally.lock:
                self.tally.acknowledged += 1
        return reply

    def sign_in(self, email: str, password: str) -> Reply:
        """Sign in through the page, in a new session."""
        self.cookies.clear()
        self.look("/login")
        reply = self.send("/login", email=email, password=password)
        self.look("/profile/")
        return reply
