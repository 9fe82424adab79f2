"""A taken port is seen on both loopbacks, and the next one is found."""

import socket

import pytest

from handrail import ports


def listener(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    taken.bind((host, port))
    taken.listen()
    return taken


def test_a_free_port_is_taken_as_it_is() -> None:
    with listener() as taken:
        port = taken.getsockname()[1]
    assert ports.next_free(f"127.0.0.1:{port}") == f"127.0.0.1:{port}"
    with ports.take(f"127.0.0.1:{port}") as held:
        assert ports.of(held) == f"127.0.0.1:{port}"


def test_the_next_port_is_used_when_one_is_taken() -> None:
    with listener() as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert not ports.is_free(address)
        chosen = ports.next_free(address)
        assert ports.split(chosen)[1] > ports.split(address)[1]
        assert ports.is_free(chosen)


def test_a_port_that_was_asked_for_is_insisted_on() -> None:
    with listener() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ports.Taken, match=f"HANDRAIL_LISTEN=127.0.0.1:{port + 1}"):
            ports.take(f"127.0.0.1:{port}")


def test_what_was_taken_is_nobody_else_s_from_then_on() -> None:
    """Two that start in one moment must not choose the same, and then speak to each other's server."""
    with listener() as free:
        port = free.getsockname()[1]
    with ports.take_next(f"127.0.0.1:{port}") as one, ports.take_next(f"127.0.0.1:{port}") as other:
        assert ports.of(one) != ports.of(other)
        with pytest.raises(ports.Taken):
            ports.take(ports.of(one))


def test_localhost_must_not_lead_to_another_program() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        taken = listener("::1")
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with taken:
        assert not ports.is_free(f"127.0.0.1:{taken.getsockname()[1]}")


@pytest.mark.parametrize(
    ("address", "parts"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:80", ("::1", 80))]
)
def test_addresses_are_split_and_joined(address: str, parts: tuple[str, int]) -> None:
    assert ports.split(address) == parts
    assert ports.join(*parts) == address


def test_when_all_are_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIES", 1)
    with listener() as taken, pytest.raises(ports.Taken, match="all taken"):
        ports.next_free(f"127.0.0.1:{taken.getsockname()[1]}")
