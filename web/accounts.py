"""The account library set up for our tables: what it does, how it hashes, and what asks before it acts."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, render_template, request
from flask_security import Security, SQLAlchemyUserDatastore, Totp, user_registered
from passlib.totp import TOTP, AppWallet
from sqlalchemy import select
from werkzeug.routing import Rule
from wtforms import Form

from domain import accounts, members
from domain.models import Account
from web import account_words, clock
from web.auth import SignIn, SignInPasskey, SignInRole
from web.config import WebConfig
from web.db import db
from web.forms.accounts import CodesForm, JoinForm, PasskeyForm, RescueForm
from web.mail import RecordedMail
from web.passkeys import Passkeys
from web.passwords import Hashing, Passwords


class Accounts(SQLAlchemyUserDatastore):
    """The library's store, creating accounts through our own rules."""

    def create_user(self, **facts: Any) -> SignIn:
        """Create an account that is not confirmed yet."""
        row = accounts.create(
            db.session(), email=facts["email"], password_hash=facts["password"], now=clock.now()
        )
        found: SignIn = db.session.get_one(SignIn, row.id)
        return found

    def find_user(self, case_insensitive: bool = False, **facts: Any) -> SignIn | None:
        """Return the account with this fact; an address is found by its mark, in whichever case."""
        if "email" not in facts:
            return super().find_user(case_insensitive=case_insensitive, **facts)  # type: ignore[return-value]
        marks = accounts.marks(db.session().info["keyring"], facts["email"] or "")
        return db.session.scalar(select(SignIn).where(SignIn.email_mark.in_(marks)))


class Codes(Totp):
    """Second-factor codes whose seeds are sealed under keys named for themselves, so that keys can rotate."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        newest = next(iter(secrets))
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=newest))


def _totp_secrets(config: WebConfig) -> dict[str, str]:
    keys = (config.master_key, *config.master_key_fallbacks)
    named = {sha256(b"codes name " + key).hexdigest()[:12]: key for key in keys}
    return {name: sha256(b"codes " + key).hexdigest() for name, key in named.items()}


def _recovery_secrets(config: WebConfig) -> list[bytes]:
    keys = (config.master_key, *config.master_key_fallbacks)
    return [urlsafe_b64encode(sha256(b"recovery codes " + key).digest()) for key in keys]


def settings(config: WebConfig) -> dict[str, Any]:
    """Return what the account library is told."""
    return {
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": list(config.secret_key_fallbacks),
        **{f"SECURITY_{name}": value for name, value in _features().items()},
        **{f"SECURITY_{name}": value for name, value in _passwords().items()},
        **{f"SECURITY_{name}": value for name, value in account_words.subjects().items()},
        **{f"SECURITY_MSG_{name}": value for name, value in account_words.messages().items()},
        "SECURITY_TOTP_SECRETS": _totp_secrets(config),
        "SECURITY_TOTP_ISSUER": "Handrail",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": _recovery_secrets(config),
        "SECURITY_EMAIL_SENDER": config.mail_from,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": config.demo},
    }


def _features() -> dict[str, Any]:
    return {
        "REGISTERABLE": True,
        "CONFIRMABLE": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "CHANGE_EMAIL": True,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "WEBAUTHN": True,
        "WAN_RP_NAME": "Handrail",
        "WAN_ALLOW_USER_HINTS": False,  # the device knows its passkeys; nobody is asked who they are
        "RETURN_GENERIC_RESPONSES": True,
        "USE_REGISTER_V2": True,
        "API_ENABLED_METHODS": ["session"],
        "JOIN_USER_ROLES": False,
        "DATETIME_FACTORY": clock.now,
        "SCRIPT_NONCE_KEY": "csp_nonce",
        "EMAIL_HTML": False,
        "FRESHNESS": timedelta(minutes=10),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "CONFIRM_EMAIL_WITHIN": timedelta(days=2),
        "RESET_PASSWORD_WITHIN": timedelta(minutes=30),
        "POST_CONFIRM_VIEW": "/login",
        "POST_REGISTER_VIEW": "/check-mail",
        "POST_CHANGE_VIEW": "/account/",
        "POST_CHANGE_EMAIL_VIEW": "/account/",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account/",
        "WAN_POST_REGISTER_VIEW": "/account/",
    }


def _passwords() -> dict[str, Any]:
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__time_cost": accounts.TIME_COST,
            "argon2__memory_cost": accounts.MEMORY_KIB,
            "argon2__parallelism": accounts.PARALLELISM,
        },
        "PASSWORD_LENGTH_MIN": 10,
        "PASSWORD_CONFIRM_REQUIRED": False,
        "HASHING_SCHEMES": [
            "hex_sha256"
        ],  # binds a mailed link to an address or password hash; must be quick
        "DEPRECATED_HASHING_SCHEMES": [],
    }


def _page(template: str, **facts: Any) -> str | tuple[str, int]:
    forms = [each for each in facts.values() if isinstance(each, Form)]
    page = render_template(template, **facts)
    return (page, 422) if request.method == "POST" and any(form.errors for form in forms) else page


def init_app(app: Flask, config: WebConfig) -> None:
    """Set up the account library; forgery protection must be there already."""
    app.config.update(settings(config))
    store = Accounts(db, SignIn, SignInRole, SignInPasskey)
    security = Security(
        app,
        store,
        register_form=JoinForm,
        two_factor_setup_form=CodesForm,
        two_factor_rescue_form=RescueForm,
        wan_register_form=PasskeyForm,
        mail_util_cls=RecordedMail,
        password_util_cls=Passwords,
        webauthn_util_cls=Passkeys,
        totp_cls=Codes,
        render_template=_page,  # type: ignore[arg-type]  # a view may answer with a status too
    )
    security.pwd_context = Hashing(security.pwd_context)
    security.want_json(lambda _request: False)
    user_registered.connect(_welcome, app)
    for endpoint, template in (
        ("security.confirm_email", "security/confirm_email.html"),
        ("security.change_email_confirm", "security/change_email_confirm.html"),
    ):
        app.view_functions[endpoint] = _ask_first(app.view_functions[endpoint], template)
    app.url_map.add(Rule("/change-email/<token>", endpoint="security.change_email_confirm", methods=["POST"]))


def _ask_first(confirm: Any, template: str) -> Any:
    """Return a view that changes nothing until a button is pressed: mail scanners follow links too."""

    def view(token: str) -> Any:
        return confirm(token=token) if request.method == "POST" else render_template(template, token=token)

    return view


def _welcome(_sender: Flask, user: SignIn, form_data: dict[str, Any], **_facts: Any) -> None:
    account = db.session.get_one(Account, user.id)
    now: datetime = clock.now()
    accounts.confirm_adult(db.session(), account=account, now=now)
    members.create(
        db.session(),
        account=account,
        display_name=form_data["display_name"],
        time_zone=form_data["time_zone"],
        now=now,
    )
