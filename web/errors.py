"""What went otherwise than hoped, as a calm page with a reference number and a way on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from web.db import db

STATUS: dict[type[DomainError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a page of this status says: what is so, and what the person can do."""

    title: str
    text: str


OTHERWISE = Words(
    title=_l("Something did not work"),
    text=_l("It is not your fault. You can go back and try once more, or start again from the first page."),
)
WORDS: dict[int, Words] = {
    400: Words(
        title=_l("That did not reach us in one piece"),
        text=_l("The page may have been open for a long time. Go back, load it again, and try once more."),
    ),
    403: Words(
        title=_l("This page is not part of your account"),
        text=_l("Nothing is wrong. The page is for someone else."),
    ),
    404: Words(
        title=_l("We could not find that page"),
        text=_l("It may have moved, or it may not be there any more."),
    ),
    405: Words(title=_l("That is not possible here"), text=_l("Go back to the page before and try again.")),
    409: Words(
        title=_l("Something changed in the meantime"),
        text=_l("Have a look at how it is now, then decide again."),
    ),
    413: Words(title=_l("That was too long for us"), text=_l("Try again with a little less.")),
    422: Words(
        title=_l("There is a problem"), text=_l("Something in the form could not be used. Nothing is lost.")
    ),
    429: Words(
        title=_l("Let us take a short break"),
        text=_l("There were many tries in a short time. Wait a few minutes, then try again."),
    ),
    503: Words(
        title=_l("We are not ready just now"),
        text=_l("It is on our side and should pass soon. Try again in a minute."),
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(OperationalError, _unready)
    app.register_error_handler(Exception, _failed)


def reference() -> str:
    """Return the number by which this request can be found in the logs."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4)
    number: str = g.reference
    return number


def _refused(error: DomainError) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
    return page(status, text=str(error))


def _http(error: HTTPException) -> Response:
    if error.response is not None and error.code is None:
        return make_response(error.response)
    match getattr(error, "original_exception", None):  # raised while the answer was finished
        case IntegrityError() as collided:
            return _collided(collided)
        case OperationalError() as unready:
            return _unready(unready)
    status = error.code or 500
    if isinstance(error, CSRFError):
        current_app.logger.info("refused without a valid token: reference=%s", reference())
    if 300 <= status < 400:
        return make_response(error.get_response())
    response = page(status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _collided(error: IntegrityError) -> Response:
    current_app.logger.warning(
        "two changes met: reference=%s kind=%s", reference(), type(error.orig).__name__
    )
    return page(409)


def _unready(error: OperationalError) -> Response:
    current_app.logger.error("database: reference=%s kind=%s", reference(), type(error.orig).__name__)
    response = page(503)
    response.headers["Retry-After"] = "30"
    return response


def _failed(_error: Exception) -> Response:
    current_app.logger.exception("failed: reference=%s route=%s", reference(), request.endpoint)
    return page(500)


def page(status: int, *, text: str | None = None) -> Response:
    """Return the page of a status; ``text`` replaces what it says beneath the title."""
    words = WORDS.get(status, OTHERWISE)
    facts: dict[str, object] = {
        "status": status,
        "title": words.title,
        "text": text or words.text,
        "reference": reference(),
    }
    return make_response(_framed(facts) or _plain(facts), status)


def _framed(facts: dict[str, object]) -> str | None:
    """Return the page in the usual frame; None where that cannot be made.

    The frame asks who is signed in, which needs the database, and links to pages, which needs a known host.
    """
    if isinstance(request.routing_exception, SecurityError):
        return None
    try:
        db.session.rollback()
        return render_template("errors/error.html", **facts)
    except SQLAlchemyError:
        return None


def _plain(facts: dict[str, object]) -> str:
    return current_app.jinja_env.get_template("errors/plain.html").render(**facts)
