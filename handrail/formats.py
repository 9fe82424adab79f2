"""What the URLs and addresses in variables must look like."""

import re
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


def database_url(text: str) -> str:
    """Return ``text`` with its driver named; raise ValueError for another kind of database."""
    try:
        url = make_url(re.sub(r"^postgres(ql)?:", "postgresql+psycopg:", text))
    except ArgumentError:
        url = None  # make_url's own message may quote the password
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError("expected sqlite:////path/to/file or postgresql://user@host/database")
    return url.render_as_string(hide_password=False)


def redis_url(text: str) -> str:
    """Return ``text``; raise ValueError unless it names a Redis or Valkey server."""
    url = urlsplit(text)
    complete = url.path if url.scheme == "unix" else url.hostname
    if url.scheme not in ("redis", "rediss", "unix") or not complete:
        raise ValueError("expected redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket")
    return text


def smtp_url(text: str) -> str:
    """Return ``text``; raise ValueError unless it names a mail server."""
    url = urlsplit(text)
    if url.scheme not in ("smtp", "smtps") or not url.hostname:
        raise ValueError("expected smtp://user:password@host:587 or smtps://user:password@host:465")
    return text


def base_url(text: str) -> str:
    """Return ``text`` without a slash at its end; raise ValueError unless it is an address with no path."""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query:
        raise ValueError("expected http:// or https:// with a host and nothing behind it")
    return text.rstrip("/")


def listen(text: str) -> str:
    """Return ``text``; raise ValueError unless it is a host and a port."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})", text)
    if match is None or not 1 <= int(match[2]) <= 65535:
        raise ValueError("expected host:port, such as 127.0.0.1:8000")
    return text
