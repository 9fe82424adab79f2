"""The application: one function that makes it from its configuration."""

from __future__ import annotations

from flask import Flask

from web import (
    accounts,
    admission,
    auth,
    context,
    db,
    errors,
    filters,
    language,
    logs,
    metrics,
    presses,
    security,
    visits,
)
from web.config import WebConfig
from web.views import BLUEPRINTS, dev


def create_app(config: WebConfig) -> Flask:
    """Return the pages of Handrail, ready to serve; nothing is connected yet."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config["TEMPLATES_AUTO_RELOAD"] = config.reload
    app.extensions["handrail_config"] = config
    metrics.init_app(app)
    logs.init_app(app)
    # The order matters: guards of the browser first, then the transaction, then who may see the page.
    security.init_app(app, config)
    db.init_app(app, config)
    auth.init_app(app, config)
    language.init_app(app)
    accounts.init_app(app, config)
    visits.init_app(app)
    presses.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.demo:
        app.register_blueprint(dev.bp)
    security.limit(app, config)
    errors.init_app(app)
    filters.init_app(app)
    context.init_app(app, config)
    admission.init_app(app, metrics.figures_of(app).turned_away)
    return app
