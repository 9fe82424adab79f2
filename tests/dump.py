"""All that a queue server holds, as bytes to search."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from redis import Redis


def everything(client: Redis) -> bytes:
    """Every key, its value as it is read, and the packed parts of jobs unpacked."""
    return b"\n".join(_said(client))


def _said(client: Any) -> Iterator[bytes]:
    for key in client.scan_iter():
        yield bytes(key)
        for value in _values(client, key):
            yield value
            with suppress(zlib.error):
                yield zlib.decompress(value)


def _values(client: Any, key: bytes) -> list[bytes]:
    match client.type(key):
        case b"hash":
            return [each for pair in client.hgetall(key).items() for each in pair]
        case b"list":
            return list(client.lrange(key, 0, -1))
        case b"set":
            return list(client.smembers(key))
        case b"zset":
            return list(client.zrange(key, 0, -1))
        case b"string":
            return [client.get(key)]
        case other:
            raise AssertionError(f"{key!r}: say how a {other!r} is read")
