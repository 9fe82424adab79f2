"""Who is signed in, who may see a page, and the account library set up for our tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy.orm import Mapped, lazyload, relationship
from werkzeug.wrappers import Response

from domain import accounts, policies
from domain.errors import NotAllowed
from domain.models import Account, Base, Member, Passkey, Role, RoleName, account_roles
from domain.models.base import Identified
from domain.policies import Audience, Viewer
from web import clock
from web.config import WebConfig
from web.db import db

__all__ = ["Audience", "audience", "current_account", "current_member", "viewer"]

View = TypeVar("View", bound=Callable[..., Any])

#: The account library's own pages, and Flask's.
LIBRARY_AUDIENCES: dict[str, Audience] = {
    "static": Audience.ANYONE,
    "security.static": Audience.ANYONE,
    "security.login": Audience.ANYONE,
    "security.logout": Audience.ANYONE,
    "security.register": Audience.ANYONE,
    "security.verify": Audience.ACCOUNT,
    "security.forgot_password": Audience.ANYONE,
    "security.reset_password": Audience.ANYONE,
    "security.change_password": Audience.ACCOUNT,
    "security.change_email": Audience.ACCOUNT,
    "security.change_email_confirm": Audience.ANYONE,
    "security.send_confirmation": Audience.ANYONE,
    "security.confirm_email": Audience.ANYONE,
    "security.two_factor_setup": Audience.ANYONE,  # also the step between password and first code
    "security.two_factor_setup_validate": Audience.ACCOUNT,
    "security.two_factor_token_validation": Audience.ANYONE,
    "security.two_factor_rescue": Audience.ANYONE,
    "security.tf_select": Audience.ANYONE,
    "security.mf_recovery_codes": Audience.ACCOUNT,
    "security.mf_recovery": Audience.ANYONE,
    "security.wan_register": Audience.ACCOUNT,
    "security.wan_register_response": Audience.ACCOUNT,
    "security.wan_signin": Audience.ANYONE,
    "security.wan_signin_response": Audience.ANYONE,
    "security.wan_delete": Audience.ACCOUNT,
    "security.wan_verify": Audience.ACCOUNT,
    "security.wan_verify_response": Audience.ACCOUNT,
}


#: Pages that are shown to nobody without a second lock.
LOOKING_AFTER_OTHERS = frozenset({Audience.ORGANIZER, Audience.MODERATOR, Audience.ADMIN})


class SignInRole(Base, RoleMixin):
    """A role as the account library sees it: the same table, mapped a second time."""

    __table__ = Role.__table__


class SignInPasskey(Identified, Base, WebAuthnMixin):
    """A passkey as the account library sees it."""

    __table__ = Passkey.__table__

    def __init__(self, **facts: Any) -> None:
        facts.setdefault("create_datetime", clock.now())  # which the library leaves to its own tables
        super().__init__(**facts)


class SignIn(Identified, Base, UserMixin):
    """An account as the account library sees it, so that `domain` need not know Flask."""

    __table__ = Account.__table__

    demo: Mapped[bool]
    email_mark: Mapped[str]
    roles: Mapped[list[SignInRole]] = relationship(  # type: ignore[assignment]
        SignInRole, secondary=account_roles, lazy="selectin", overlaps="roles"
    )
    webauthn: Mapped[list[SignInPasskey]] = relationship(  # type: ignore[assignment]
        SignInPasskey, cascade="all, delete-orphan", lazy="select"
    )

    @property
    def email(self) -> str:
        """The address, opened; see `domain.accounts`."""
        return accounts.email_of(db.session(), self)

    @email.setter
    def email(self, email: str) -> None:
        accounts.set_email(db.session(), self, email)

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Return whether a second factor is asked for: from whoever set one up or has a role."""
        asked, methods = super().check_tf_required(tf_setup_methods, tf_fresh)
        return asked or self.check_tf_required_setup(), methods

    def check_tf_required_setup(self) -> bool:
        """Return whether this account may not be without one; the demo's own accounts may."""
        return bool(self.roles) and not (self.demo and current_app.config["HANDRAIL_DEMO"])

    def has_second_lock(self) -> bool:
        """Return whether this account has what its roles ask for, also when a role came after signing in."""
        return bool(self.tf_primary_method or self.webauthn) or not self.check_tf_required_setup()


def audience(who: Audience) -> Callable[[View], View]:
    """Bind a view to the people it is for; a page without one is shown to nobody."""

    def bind(view: View) -> View:
        view.audience = who  # type: ignore[attr-defined]
        return view

    return bind


def audience_of(app: Flask, endpoint: str) -> Audience | None:
    """Return who the endpoint is for; None where nobody said."""
    who: Audience | None = getattr(app.view_functions.get(endpoint), "audience", None)
    return who or LIBRARY_AUDIENCES.get(endpoint)


def viewer() -> Viewer:
    """Return who asks, worked out once a request."""
    if "viewer" not in g:
        g.viewer = _viewer()
    found: Viewer = g.viewer
    return found


def _viewer() -> Viewer:
    if not current_user.is_authenticated:
        return Viewer()
    names = frozenset(RoleName(role.name) for role in current_user.roles)
    # Held, so that the session need not read it again; few pages ask for the interests, and those may.
    g.member = db.session.get(Member, current_user.id, options=[lazyload(Member.interests)])
    return Viewer(account=current_user.id, is_member=g.member is not None, roles=names)


def current_account() -> Account:
    """Return the account of who is signed in; raises `NotAllowed` where nobody is."""
    asking = viewer().account
    account = db.session.get(Account, asking) if asking else None
    if account is None:
        raise NotAllowed(_("Please sign in first."))
    return account


def current_member() -> Member:
    """Return the member who is signed in; raises `NotAllowed` for everybody else."""
    asking = viewer().account
    member = db.session.get(Member, asking) if asking else None
    if member is None:
        raise NotAllowed(_("This page is for members."))
    return member


def check_audience() -> Response | None:
    """Before every request: is this page for who asks? A page nobody is named for is refused."""
    if request.endpoint is None:
        return None
    who = audience_of(current_app, request.endpoint)
    if who is None:
        raise NotAllowed(_("This page is not ready yet."))
    if who is Audience.ANYONE:
        return None
    if viewer().account is None:
        return _ask_to_sign_in()
    policies.check_audience(viewer(), who)
    if who in LOOKING_AFTER_OTHERS and not current_user.has_second_lock():
        flash(_("You look after other people here, so your account needs a second lock first."), "info")
        return redirect(url_for("security.two_factor_setup"), 303)
    return None


def _ask_to_sign_in() -> Response:
    flash(_("Please sign in to go on. We will bring you back here."), "info")
    here = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("security.login", next=here), 303)


def cookies(config: WebConfig) -> dict[str, Any]:
    """Return the settings of every cookie, from the scheme members come by."""
    prefix = "__Host-" if config.secure else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}handrail",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_NAME": f"{prefix}handrail-remember",
        "REMEMBER_COOKIE_SECURE": config.secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "SECURITY_CSRF_COOKIE_NAME": None,
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": _flags(config),
        "SECURITY_REFRESH_TOKEN_COOKIE": _flags(config),
        "SECURITY_CSRF_COOKIE": _flags(config),
    }


def _flags(config: WebConfig) -> dict[str, Any]:
    return {"httponly": True, "secure": config.secure, "samesite": "Strict"}


def init_app(app: Flask, config: WebConfig) -> None:
    """Check every request against its audience."""
    app.config["HANDRAIL_DEMO"] = config.demo
    app.config.update(cookies(config))
    app.before_request(check_audience)
