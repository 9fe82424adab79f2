"""The application for WSGI servers: `handrail.wsgi:app`, or `handrail.wsgi:make_app(reload=True)`."""

import gc
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from handrail.config import load
from web import logs
from web.app import create_app

#: Rows and words of one page are not garbage yet: looking for some after each 700 of them, as Python does
#: unasked, cost a page another sixth of its time.
ALLOCATIONS, YOUNG, MIDDLE = 20_000, 20, 50
#: Read by the metrics library when it is imported; set by `handrail web`.
METRICS = "PROMETHEUS_MULTIPROC_DIR"


def make_app(*, reload: bool = False) -> Flask:
    """Return the application the environment describes; with ``reload``, templates may change."""
    config = load(os.environ).for_web(reload=reload)
    logs.set_up(as_json=config.json_logs)
    folder = os.environ.get(METRICS)
    app = create_app(replace(config, metrics_folder=Path(folder) if folder else None))
    gc.collect()
    gc.freeze()  # what is loaded stays: looking through it for garbage again cost a page 6 % of its time
    gc.set_threshold(ALLOCATIONS, YOUNG, MIDDLE)
    return app


def __getattr__(name: str) -> Any:
    # Made when a server asks for it, so that importing this module reads no environment.
    if name == "app":
        return make_app()
    raise AttributeError(name)
