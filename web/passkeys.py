"""Passkeys: any kind of device, found by the device itself, opened by its owner."""

from __future__ import annotations

from flask_security import UserMixin, WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class Passkeys(WebauthnUtil):
    """Asks for passkeys that can sign in by themselves, from phones and computers as well as from keys."""

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        """Return what a new passkey must be able to do; the library would leave out phones and computers."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002
        """Return that the device makes sure who holds it, each time."""
        return UserVerificationRequirement.REQUIRED
