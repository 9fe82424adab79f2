"""The programs of `handrail up`: what each is, and the environment they share."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from handrail import ports
from handrail.config import Config
from handrail.program import Program

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound


def shared_environ(config: Config, *, address: str, queue: str) -> dict[str, str]:
    """Return the environment in which every program sees the same two URLs and the same address."""
    given = {
        "HANDRAIL_HOME": str(config.home),
        "HANDRAIL_LISTEN": address,
        "HANDRAIL_BASE_URL": config.base_url or f"http://localhost:{ports.split(address)[1]}",
        "HANDRAIL_DEMO": "yes" if config.demo else "no",
        # Where the queue server is the person's own, its URL may stand in a file and is left there.
        **({} if config.queue else {"HANDRAIL_REDIS_URL": queue}),
        # A worker forks after it has loaded the numerics: their threads would not survive that.
        "OMP_NUM_THREADS": "1",
    }
    return {**os.environ, **given}


def programs(config: Config, environ: Mapping[str, str], *, held: int, reload: bool) -> list[Program]:
    """Return web, relay and worker, in the order in which they are started and ended.

    ``held``: the number of the socket that listens for the web process, whenever that is started.
    """

    def program(name: str, *options: str, **more: Any) -> Program:
        command = [sys.executable, "-m", "handrail", name, *options]
        return Program(
            name=name, command=command, log=config.home / "logs" / f"{name}.log", environ=environ, **more
        )

    web_is_ready = _healthy(environ["HANDRAIL_LISTEN"], environ["HANDRAIL_BASE_URL"])
    return [
        program(
            "web",
            *("--socket", str(held), *(["--reload"] if reload else [])),
            ready=web_is_ready,
            patience=8,
            sockets=(held,),
        ),
        program("relay", patience=5),
        program("worker", patience=20),
    ]


def _healthy(address: str, base_url: str) -> Callable[[], bool]:
    host, port = ports.split(address)
    url = f"http://{ports.join(EVERYWHERE.get(host, host), port)}/healthz"
    request = urllib.request.Request(url, headers={"Host": urlsplit(base_url).netloc})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask() -> bool:
        try:
            with opener.open(request, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return ask
