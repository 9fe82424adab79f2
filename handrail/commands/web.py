"""`handrail web`: become a gunicorn that serves the pages."""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import click

from handrail.config import load


@click.command()
@click.option("--reload", is_flag=True, help="Start anew when code or templates change.")
@click.option("--socket", type=click.IntRange(3), help="The number of one that listens for it already.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
def web(*, reload: bool, socket: int | None, processes: int) -> None:
    """Run the web process."""
    address = load(os.environ).address
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_folder(address))
    place = address if socket is None else f"fd://{socket}"
    command = gunicorn(place, reload=reload, processes=processes)
    os.execv(sys.executable, command)  # noqa: S606 - our own program, no shell


def fresh_folder(address: str) -> Path:
    """Return an empty folder in which the processes that serve ``address`` share their figures."""
    where = f"handrail-figures-{os.getuid()}-{re.sub(r'[^0-9A-Za-z.]', '-', address)}"
    folder = Path(tempfile.gettempdir()) / where
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def gunicorn(address: str, *, reload: bool = False, processes: int = 1) -> list[str]:
    """Return the command that serves the pages on ``address``."""
    memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes its file there safely
    options = {
        "--bind": address,
        "--workers": str(processes),
        "--threads": "32",  # six work, twelve wait, the others say at once that it is too much
        "--graceful-timeout": "5",
        "--log-level": "warning",
        "--logger-class": "handrail.server_log.ServerLog",
        # Forwarded headers are read by the application alone, and only from HANDRAIL_PROXY_HOPS proxies.
        "--forwarded-allow-ips": "",
        **({"--worker-tmp-dir": str(memory)} if memory.is_dir() else {}),
    }
    return [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket", *(["--reload"] if reload else [])),
        *(part for pair in options.items() for part in pair),
        f"handrail.wsgi:{'make_app(reload=True)' if reload else 'app'}",
    ]
