"""Network namespaces: machines of their own as far as the network goes, joined by links that can be cut."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from shutil import which

CLONE_NEWNET = 0x40000000  # linux/sched.h
HUB = "hub"


class NoNamespaces(Exception):
    """This computer does not let us make any; the message says why."""


@dataclass(frozen=True, slots=True)
class Network:
    """A hub and some machines, each with one link to the hub and none to each other."""

    prefix: str
    machines: tuple[str, ...] = field(default=())

    def hub_address(self, machine: str) -> str:
        """Return where a machine finds the hub."""
        return f"10.231.{self.machines.index(machine)}.1"

    def address(self, machine: str) -> str:
        """Return where the hub finds a machine."""
        return f"10.231.{self.machines.index(machine)}.2"

    def cut(self, machine: str) -> None:
        """Cut a machine's link: nothing gets through, and nobody is told."""
        _ip("-n", self._of(machine), "link", "set", "uplink", "down")

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """Let this thread, and whatever it starts, be in a namespace until the block ends."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self._of(name)}", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(here)
            os.close(here)
            os.close(there)

    def _of(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def make(self) -> None:
        """Make every namespace and link."""
        for name in (HUB, *self.machines):
            _ip("netns", "add", self._of(name))
            _ip("-n", self._of(name), "link", "set", "lo", "up")
        for number, machine in enumerate(self.machines):
            hub, there, link = self._of(HUB), self._of(machine), f"m{number}"
            _ip("-n", hub, "link", "add", link, "type", "veth", "peer", "name", "uplink", "netns", there)
            _ip("-n", hub, "addr", "add", f"{self.hub_address(machine)}/24", "dev", link)
            _ip("-n", there, "addr", "add", f"{self.address(machine)}/24", "dev", "uplink")
            _ip("-n", hub, "link", "set", link, "up")
            _ip("-n", there, "link", "set", "uplink", "up")

    def remove(self) -> None:
        """Remove what was made; links go with their namespaces."""
        for name in (*self.machines, HUB):
            with suppress(OSError, subprocess.CalledProcessError):
                _ip("netns", "del", self._of(name))


@contextmanager
def network(*machines: str) -> Iterator[Network]:
    """Make a network, and remove it whatever happens. Raises `NoNamespaces`."""
    made = Network(f"handrail{os.getpid()}", machines)
    try:
        try:
            made.make()
            with made.inside(HUB):
                pass
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            raise NoNamespaces(said.decode(errors="replace").strip()) from error
        yield made
    finally:
        made.remove()


def _ip(*words: str) -> None:
    found = which("ip", path=f"{os.defpath}:/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError("the program ip is not here")
    subprocess.run([found, *words], check=True, capture_output=True)


def _enter(namespace: int) -> None:
    if sys.platform != "linux":
        raise OSError("namespaces are Linux's")
    if ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
