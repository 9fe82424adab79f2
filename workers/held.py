"""What a work-horse holds, on a page it shares with its parents: should it be killed, they give it back.

A lease ends by itself after minutes. A parent that sees its work-horse die need not wait: it reads which
messages were held, under which fence, and fails them in its place. Where parents die as well, the lease
remains.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.outbox import Taken

PAGE = 128 * 1024
_LENGTH = struct.Struct("I")


class Held:
    """One lane's page; to be made before the processes that share it are forked."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, PAGE)

    @contextmanager
    def holding(self, messages: Sequence[Taken]) -> Iterator[None]:
        """Show that these messages are being worked on. Should something be raised, such as for a database
        that is away just then, they are still held, and a parent gives them back.
        """
        self._write(json.dumps([[each.id, each.fence, each.attempts, each.kind] for each in messages]))
        yield
        self._write("")

    def left_behind(self) -> list[Taken]:
        """Return, once, what a process held that is no more; only what failing it needs is filled in."""
        (length,) = _LENGTH.unpack(self._page[: _LENGTH.size])
        text = self._page[_LENGTH.size : _LENGTH.size + length].decode()
        self._write("")
        return [
            Taken(id=id_, kind=kind, body={}, lane="", aggregate="", attempts=attempts, fence=fence)
            for id_, fence, attempts, kind in json.loads(text or "[]")
        ]

    def _write(self, text: str) -> None:
        body = text.encode()
        self._page[: _LENGTH.size] = _LENGTH.pack(0)  # an unfinished list must read as none
        self._page[_LENGTH.size : _LENGTH.size + len(body)] = body
        self._page[: _LENGTH.size] = _LENGTH.pack(len(body))
