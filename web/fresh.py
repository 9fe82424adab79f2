"""Ask for the password once more before what matters: a sign-in of ten minutes ago is enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_security.utils import check_and_update_authn_fresh

View = TypeVar("View", bound=Callable[..., Any])
WITHIN = timedelta(minutes=10)


def fresh(back: str) -> Callable[[View], View]:
    """Bind a view to a sign-in of the last ten minutes; ``back``: the endpoint to come back to after one."""

    def bind(view: View) -> View:
        @wraps(view)
        def checked(*arguments: Any, **values: Any) -> Any:
            if check_and_update_authn_fresh(WITHIN, timedelta(0), "session"):
                return view(*arguments, **values)
            flash(_("To be safe, please enter your password once more."), "info")
            return redirect(url_for("security.verify", next=url_for(back)), 303)

        return checked  # type: ignore[return-value]

    return bind
