"""A bare application for the templates: only what they are promised, under the real content policy."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, render_template
from werkzeug.serving import make_server

from web.design import components_context

WEB = Path(__file__).parents[2] / "web"
NONCE = "d2hhdGV2ZXI"
POLICY = (
    f"default-src 'none'; script-src 'nonce-{NONCE}'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


def static(path: str) -> str:
    digest = hashlib.sha256((WEB / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def bare_app() -> Flask:
    """Return an application with the components at its root."""
    app = Flask("components", template_folder=str(WEB / "templates"), static_folder=str(WEB / "static"))
    app.secret_key = "for tests alone"
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        static=static, csp_nonce=lambda: NONCE, csrf_token=lambda: "token", press=lambda: "press"
    )
    app.add_url_rule("/", "components", components)
    app.after_request(with_policy)
    return app


def components() -> str:
    return render_template("design/components.html", **components_context())


def with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; yields its address, ending in a slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
