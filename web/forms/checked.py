"""Answers on their way through "check your answers": nothing is posted that was not seen there."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256

from flask import current_app
from flask_wtf import FlaskForm

Answers = list[tuple[str, str]]
NOT_ANSWERS = frozenset({"csrf_token", "submit"})


def answers(form: FlaskForm) -> Answers:
    """Return what was sent for each field of a form, in order, as hidden fields carry it on."""
    return [
        (field.name, str(value))
        for field in form
        if field.name not in NOT_ANSWERS
        for value in (field.raw_data or [])
    ]


def seal(given: Answers) -> str:
    """Return a mark that only this site can make for exactly these answers."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"checked:" + json.dumps(sorted(given)).encode(), sha256).hexdigest()


def was_seen(given: Answers, mark: str) -> bool:
    """Return whether exactly these answers were shown to be checked."""
    return hmac.compare_digest(seal(given).encode(), mark.encode())
