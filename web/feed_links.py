"""Private links to calendars of one's own; they stop working when the password is changed."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Any

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from domain.errors import NotFound
from domain.models import Account
from web.config import WebConfig
from web.db import db


class Feed(StrEnum):
    """What a link leads to; each is signed by itself, so that one is no key to another."""

    OUTINGS = "calendar feed"
    RECURRING = "recurring feed"


PAGES = {Feed.OUTINGS: "calendar.feed", Feed.RECURRING: "calendar.recurring_feed"}


def _signer(feed: Feed) -> URLSafeSerializer:
    config: WebConfig = current_app.extensions["handrail_config"]
    return URLSafeSerializer([*reversed(config.secret_key_fallbacks), config.secret_key], salt=feed.value)


def link(member: str, feed: Feed = Feed.OUTINGS, **query: Any) -> str:
    """Return the address of a member's feed; ``query``: what it is narrowed to."""
    config: WebConfig = current_app.extensions["handrail_config"]
    token = _signer(feed).dumps([member, _mark(db.session.get_one(Account, member))])
    return config.base_url + url_for(PAGES[feed], token=token, **query)


def _mark(account: Account) -> str:
    """Return what changes with the password, and tells nothing of what signs people in."""
    return sha256(f"calendar {account.fs_uniquifier}".encode()).hexdigest()[:16]


def member_of(token: str, feed: Feed = Feed.OUTINGS) -> str:
    """Return whose feed it is; raises `NotFound` for anything that is not a link in force."""
    try:
        member, mark = _signer(feed).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    account = db.session.get(Account, member)
    if account is None or not account.active or _mark(account) != mark:
        raise NotFound
    return str(member)
