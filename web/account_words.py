"""What the account library says, in our words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l


def subjects() -> dict[str, Any]:
    """Return the subject of every mail."""
    return {
        "EMAIL_SUBJECT_REGISTER": _l("Welcome to Handrail: one more step"),
        "EMAIL_SUBJECT_CONFIRM": _l("Confirm your e-mail address"),
        "EMAIL_SUBJECT_PASSWORD_RESET": _l("A new password for Handrail"),
        "EMAIL_SUBJECT_PASSWORD_NOTICE": _l("Your password has been changed"),
        "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": _l("Your password has been changed"),
        "CHANGE_EMAIL_SUBJECT": _l("Confirm your new e-mail address"),
    }


def messages() -> dict[str, Any]:
    """Return what is said after an answer, each with its kind."""
    same = _l("If we know that address, a mail is on its way. It can take a few minutes.")
    wrong = _l(
        "That did not work. Check the address and the password. If you are new, follow the link in our "
        "first mail before you sign in."
    )
    code = _l("That code did not fit. Codes change every half minute, so try the next one.")
    link = _l("This link has been used already, or it is too old. You can ask for a new one here.")
    half = _l("The address does not look complete. It needs an @ and what follows.")
    return {
        "GENERIC_AUTHN_FAILED": (wrong, "error"),
        "GENERIC_RECOVERY": (same, "info"),
        "CONFIRM_REGISTRATION": (_l("We have sent you a mail."), "info"),
        "CONFIRMATION_REQUEST": (same, "info"),
        "PASSWORD_RESET_REQUEST": (same, "info"),
        "EMAIL_CONFIRMED": (_l("Thank you. Your address is confirmed. You can sign in now."), "success"),
        "ALREADY_CONFIRMED": (_l("Your address is confirmed already. You can sign in."), "info"),
        "INVALID_CONFIRMATION_TOKEN": (link, "error"),
        "CONFIRMATION_EXPIRED": (link, "error"),
        "CONFIRMATION_REQUIRED": (_l("One step first: follow the link in the mail we sent you."), "error"),
        "INVALID_RESET_PASSWORD_TOKEN": (link, "error"),
        "PASSWORD_RESET_EXPIRED": (link, "error"),
        "PASSWORD_RESET_NO_LOGIN": (_l("Your new password is set. Please sign in with it."), "success"),
        "PASSWORD_CHANGE": (_l("Your password is changed."), "success"),
        "PASSWORD_INVALID_LENGTH": (
            _l("Use at least %(length)s characters, and at most 128. A short sentence works well."),
            "error",
        ),
        "PASSWORD_NOT_PROVIDED": (_l("Enter a password."), "error"),
        "PASSWORD_IS_THE_SAME": (_l("Choose a password that differs from the one before."), "error"),
        "INVALID_PASSWORD": (_l("That is not the password we know. You can try again."), "error"),
        "EMAIL_NOT_PROVIDED": (_l("Enter your e-mail address."), "error"),
        "INVALID_EMAIL_ADDRESS": (half, "error"),
        "CHANGE_EMAIL_SENT": (_l("We have sent a mail to the new address. Follow the link in it."), "info"),
        "CHANGE_EMAIL_CONFIRMED": (_l("Your e-mail address is changed."), "success"),
        "CHANGE_EMAIL_EXPIRED": (link, "error"),
        "API_ERROR": (link, "error"),
        "INVALID_CODE": (code, "error"),
        "INVALID_RECOVERY_CODE": (_l("That code did not fit. Each one works only once."), "error"),
        "TWO_FACTOR_INVALID_TOKEN": (code, "error"),
        "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("Thank you. You are signed in."), "success"),
        "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_l("Codes are set up for your account."), "success"),
        "TWO_FACTOR_DISABLED": (_l("Codes are switched off for your account."), "success"),
        "TWO_FACTOR_PERMISSION_DENIED": (_l("Please sign in again to go on."), "error"),
        "LOGIN": (_l("Please sign in to go on."), "info"),
        "UNAUTHENTICATED": (_l("Please sign in to go on."), "info"),
        "REAUTHENTICATION_REQUIRED": (_l("To be safe, please enter your password once more."), "info"),
        "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you."), "info"),
        "DISABLED_ACCOUNT": (wrong, "error"),
        "WEBAUTHN_NAME_REQUIRED": (_l("Give the passkey a name, such as “my phone”."), "error"),
        "WEBAUTHN_REGISTER_SUCCESSFUL": (_l("The passkey “%(name)s” is ready."), "success"),
        "WEBAUTHN_CREDENTIAL_DELETED": (_l("The passkey “%(name)s” is removed."), "success"),
        "WEBAUTHN_EXPIRED": (_l("That took a little long. Please start once more."), "error"),
    }
