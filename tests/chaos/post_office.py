"""A mail server that keeps what it is given, by Message-ID; it can lose its answer on the wire."""

from __future__ import annotations

import re
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class PostOffice(socketserver.ThreadingTCPServer):
    """Takes mail by SMTP; of mail to those in ``unheard`` the next receipt is lost on the wire."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.received: Counter[str] = Counter()
        self.recipients: dict[str, str] = {}
        self.unheard: set[str] = set()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """What `HANDRAIL_SMTP_URL` is set to."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever was sending has been killed, on purpose."""

    def keep(self, recipient: str, text: str) -> bool:
        """Note a mail; return whether its sender hears so."""
        found = re.search(r"^Message-ID: *(\S+)", text, re.MULTILINE | re.IGNORECASE)
        assert found, "a mail without a Message-ID"
        with self.lock:
            self.received[found[1]] += 1
            self.recipients[found[1]] = recipient
            heard = recipient not in self.unheard
            self.unheard.discard(recipient)
            return heard


class _Counter(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        self._say("220 here")
        recipient = ""
        while line := self.rfile.readline().decode("latin-1").strip():
            match line.partition(" ")[0].upper():
                case "EHLO":
                    self._say("250-here\r\n250 8BITMIME")
                case "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                    self._say("250 fine")
                case "DATA":
                    self._say("354 go on")
                    if not self.server.keep(recipient, self._text()):
                        return
                    self._say("250 kept")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _text(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode("latin-1").rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run a mail server until the block ends."""
    with PostOffice() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
