"""The yardstick of `handrail bench pages`: a Flask application with one route and nothing else."""

from __future__ import annotations

from flask import Flask


def make_app() -> Flask:
    """Return it."""
    app = Flask("bare")

    @app.get("/")
    def index() -> str:
        return "ok"

    return app
