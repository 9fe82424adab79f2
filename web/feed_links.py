"""A private link to one's own calendar; it stops working when the password is changed."""

from __future__ import annotations

from hashlib import sha256

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from domain.errors import NotFound
from domain.models import Account
from web.config import WebConfig
from web.db import db

SALT = "calendar feed"


def _signer() -> URLSafeSerializer:
    config: WebConfig = current_app.extensions["handrail_config"]
    return URLSafeSerializer([*reversed(config.secret_key_fallbacks), config.secret_key], salt=SALT)


def link(member: str) -> str:
    """Return the address of a member's feed."""
    config: WebConfig = current_app.extensions["handrail_config"]
    token = _signer().dumps([member, _mark(db.session.get_one(Account, member))])
    return config.base_url + url_for("calendar.feed", token=token)


def _mark(account: Account) -> str:
    """Return what changes with the password, and tells nothing of what signs people in."""
    return sha256(f"calendar {account.fs_uniquifier}".encode()).hexdigest()[:16]


def member_of(token: str) -> str:
    """Return whose feed it is; raises `NotFound` for anything that is not a link in force."""
    try:
        member, mark = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    account = db.session.get(Account, member)
    if account is None or not account.active or _mark(account) != mark:
        raise NotFound
    return str(member)
