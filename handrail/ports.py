"""Which address the web process may listen on."""

import socket

TRIES = 100


class Taken(Exception):
    """Somebody else listens there; the message names the place and what to do."""


def is_free(address: str) -> bool:
    """Return whether nobody listens on ``address``, nor on the same port of the other loopback.

    `localhost` may mean 127.0.0.1 or ::1, and a browser must not reach another program by it.
    """
    host, port = split(address)
    others = ("::1",) if host == "127.0.0.1" else ()
    return _can_bind(host, port) and not any(_answers(other, port) for other in others)


def next_free(address: str) -> str:
    """Return ``address`` or, where it is taken, the same with the next free port; raises Taken."""
    host, first = split(address)
    for port in range(first, min(first + TRIES, 65536)):
        candidate = join(host, port)
        if is_free(candidate):
            return candidate
    raise Taken(
        f"The ports {first} to {first + TRIES - 1} are all taken. Name another: HANDRAIL_LISTEN={host}:9000"
    )


def insist(address: str) -> str:
    """Return ``address``; raise Taken when somebody else listens there."""
    if is_free(address):
        return address
    host, port = split(address)
    raise Taken(
        f"Another program listens on {address}. "
        f"End it, or choose another port: HANDRAIL_LISTEN={join(host, port + 1)}"
    )


def split(address: str) -> tuple[str, int]:
    """Return host and port of an address such as ``127.0.0.1:8000`` or ``[::1]:8000``."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def join(host: str, port: int) -> str:
    """Return host and port as one address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _can_bind(host: str, port: int) -> bool:
    family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        # As the server will: a port that was in use a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError:
            return False
    return True


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False
