"""Headers of every response, forgery checks, rate limits, trusted hosts, and where ``next`` may lead."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf import CSRFProtect
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from web import limits
from web.config import WebConfig

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
A_YEAR = 365 * 24 * 3600
#: What one network may ask for in total; how often it may fail to sign in is counted in `web.limits`.
OVERALL = "600 per minute"
MAIL_ASKED = "10 per hour"
#: A page waits no longer for the counting server, and does not ask it twice; then it counts by itself.
BRIEF: dict[str, Any] = {
    "socket_timeout": 0.2,
    "socket_connect_timeout": 0.2,
    "retry": Retry(NoBackoff(), 0),
}
#: Endpoints that check a secret, and endpoints that send mail to an address somebody typed.
GUARDED = (
    "security.login",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.verify",
    "privacy_tools.come_back",
)
MAILING = ("security.register", "security.forgot_password", "security.send_confirmation")
#: Views that mail programs post to, without a session: the address itself is the proof (RFC 8058).
SIGNED = ("web.views.mails.stop",)
#: Fields that decide something, and are never a list.
SINGLE = frozenset(
    {"csrf_token", "press", "next", "seal", "key", "email", "password", "action", "expected", "step", "label"}
)


def init_app(app: Flask, config: WebConfig) -> None:
    """Put the guards around an application whose extensions are not set up yet."""
    app.config.update(
        TRUSTED_HOSTS=list(config.trusted_hosts),
        MAX_CONTENT_LENGTH=config.upload_bytes,
        MAX_FORM_MEMORY_SIZE=config.upload_bytes,
        MAX_FORM_PARTS=config.form_parts,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may stay open as long as somebody needs
        WTF_CSRF_SSL_STRICT=False,  # asks for a referrer, which we tell browsers not to send
    )
    if config.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxy_hops, x_proto=config.proxy_hops, x_host=0
        )
    forgery = CSRFProtect(app)
    for view in SIGNED:
        forgery.exempt(view)
    app.before_request(refuse_other_sites)
    app.before_request(refuse_repeats)
    app.before_request(check_next)
    app.after_request(_headers_for(config))


def csp_nonce() -> str:
    """Return this response's nonce, made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def refuse_other_sites() -> None:
    """Refuse a changing request that a browser says another site sent, beside the token in the form."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in {"GET", "HEAD", "OPTIONS"} and site not in {"same-origin", "none"}:
        abort(400)


def _headers_for(config: WebConfig) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=csp_nonce())
        response.headers.update(HEADERS)
        if config.secure:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
        response.headers["Cache-Control"] = _caching(response)
        if request.endpoint == "security.logout" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    return add


def _caching(response: Response) -> str:
    if request.endpoint in {"static", "security.static"} and response.status_code in {200, 206, 304}:
        return f"public, max-age={A_YEAR}, immutable" if "v" in request.args else "public, no-cache"
    return "private, no-store"


def leads_home(target: str) -> bool:
    """Return whether ``target`` is a path of ours: it resolves to a rule that can be looked at."""
    plain = target.isprintable() and "\\" not in target and not target.startswith("//")
    if not plain or not target.startswith("/"):
        return False
    try:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            return False
        current_app.url_map.bind("localhost").match(parts.path, method="GET")
    except RequestRedirect:
        return True
    except (HTTPException, NotFound, ValueError):
        return False
    return True


def refuse_repeats() -> None:
    """Refuse a parameter sent twice where one is meant: two readers could take different ones."""
    repeated = {name for name, values in request.args.lists() if len(values) > 1}
    if request.method == "POST":
        repeated |= {name for name in SINGLE if len(request.form.getlist(name)) > 1}
    if repeated:
        abort(400)


def check_next() -> AnyResponse | None:
    """Drop a ``next`` that leads elsewhere; a form that carries one is refused."""
    asked = [*request.args.getlist("next")]
    if request.method == "POST":
        asked += request.form.getlist("next")
    if request.endpoint == "pages.theme" or all(leads_home(each) for each in asked if each):
        return None
    if request.method in {"GET", "HEAD"} and leads_home(request.path):
        return redirect(request.path, 303)
    return abort(400)


def _person() -> str:
    # the account as typed, never readable in the counting server
    typed = request.form.get("email", "") or getattr(current_user, "id", "")
    return sha256(f"{get_remote_address()}|{typed.strip().lower()}".encode()).hexdigest()


def _network() -> str:
    return sha256(get_remote_address().encode()).hexdigest()


def limit(app: Flask, config: WebConfig) -> Limiter:
    """Count requests by network, and mails asked for; falls back to memory while the server is away."""
    limiter = Limiter(
        _network,
        app=app,
        application_limits=[OVERALL],
        storage_uri=config.limiter_url,
        storage_options=BRIEF if config.redis_url else {},
        in_memory_fallback_enabled=True,
        swallow_errors=True,  # of several requests that find it away at once, only the first falls back
        headers_enabled=False,
    )
    limits.guard(app, GUARDED)
    for endpoint in (each for each in MAILING if each in app.view_functions):
        asked: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(MAIL_ASKED, key_func=_person, methods=["POST"])(asked)
    return limiter
