"""Which address the web process may listen on."""

import socket
from contextlib import suppress

TRIES = 100
BACKLOG = 2048  #: connections that wait, as many as the server lets


class Taken(Exception):
    """Somebody else listens there; the message names the place and what to do."""


def take(address: str) -> socket.socket:
    """Listen on ``address`` from now on, so that nobody else can; raise Taken when somebody does.

    `localhost` may mean 127.0.0.1 or ::1, and a browser must not reach another program by it.
    """
    host, port = split(address)
    others = ("::1",) if host == "127.0.0.1" else ()
    held = _listen(host, port)
    if held is not None and not any(_answers(other, port) for other in others):
        return held
    if held is not None:
        held.close()
    raise Taken(
        f"Another program listens on {address}. "
        f"End it, or choose another port: HANDRAIL_LISTEN={join(host, port + 1)}"
    )


def take_next(address: str) -> socket.socket:
    """Listen on ``address`` or, where it is taken, on the same with the next free port; raises Taken."""
    host, first = split(address)
    for port in range(first, min(first + TRIES, 65536)):
        with suppress(Taken):
            return take(join(host, port))
    raise Taken(
        f"The ports {first} to {first + TRIES - 1} are all taken. Name another: HANDRAIL_LISTEN={host}:9000"
    )


def is_free(address: str) -> bool:
    """Return whether nobody listens on ``address`` just now."""
    try:
        take(address).close()
    except Taken:
        return False
    return True


def next_free(address: str) -> str:
    """Return ``address`` or, where it is taken, the same with the next free port; raises Taken."""
    with take_next(address) as held:
        return of(held)


def of(held: socket.socket) -> str:
    """Return the address on which a socket listens."""
    host, port = held.getsockname()[:2]
    return join(host, port)


def split(address: str) -> tuple[str, int]:
    """Return host and port of an address such as ``127.0.0.1:8000`` or ``[::1]:8000``."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def join(host: str, port: int) -> str:
    """Return host and port as one address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _listen(host: str, port: int) -> socket.socket | None:
    family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    held = socket.socket(family, kind)
    # A port that was in use a moment ago counts as free.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(place)
        held.listen(BACKLOG)
    except OSError:
        held.close()
        return None
    return held


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False
