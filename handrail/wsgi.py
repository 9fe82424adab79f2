"""The application for WSGI servers: `handrail.wsgi:app`, or `handrail.wsgi:make_app(reload=True)`."""

import os
from typing import Any

from flask import Flask

from handrail.config import load
from web.app import create_app


def make_app(*, reload: bool = False) -> Flask:
    """Return the application the environment describes; with ``reload``, templates may change."""
    return create_app(load(os.environ).for_web(reload=reload))


def __getattr__(name: str) -> Any:
    # Made when a server asks for it, so that importing this module reads no environment.
    if name == "app":
        return make_app()
    raise AttributeError(name)
