"""The two secrets: made by the first `up`, kept in the home folder, refused when weak."""

import base64
import binascii
import os
import secrets
from collections.abc import Collection
from pathlib import Path

SECRET_KEY = "secret_key"  # noqa: S105 - a file's name
MASTER_KEY = "master_key"
MASTER_KEY_BYTES = 32
SHORTEST_SECRET = 32
#: Random keys of this length have far more; "aaaa..." and "changeme" repeated have fewer.
FEWEST_DISTINCT = 12


def write_missing(home: Path, *, besides: Collection[str] = ()) -> list[Path]:
    """Write the secrets that ``home`` lacks, readable by their owner alone; return what was written.

    Those named in ``besides`` are given elsewhere and are not written.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {SECRET_KEY: secrets.token_urlsafe(48), MASTER_KEY: new_master_key()}
    wanted = {home / name: value for name, value in made.items() if name not in besides}
    return [path for path, value in wanted.items() if _write_once(path, value)]


def read(home: Path, name: str) -> str | None:
    """Return a secret kept in ``home``, or None where there is none."""
    path = home / name
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def new_master_key() -> str:
    """Return a fresh master key as it is written in files and variables."""
    return base64.urlsafe_b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()


def check_secret_key(text: str) -> str:
    """Return ``text``; raise ValueError when somebody could guess it."""
    if len(text) < SHORTEST_SECRET or len(set(text)) < FEWEST_DISTINCT:
        raise ValueError(
            f"expected at least {SHORTEST_SECRET} random characters, such as "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` prints"
        )
    return text


def check_secret_keys(text: str) -> tuple[str, ...]:
    """Return the keys in ``text``; raise ValueError when somebody could guess one of them."""
    return tuple(check_secret_key(key) for key in text.split())


def decode_master_key(text: str) -> bytes:
    """Return the 32 bytes of a master key; raise ValueError when it is not one or could be guessed."""
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != MASTER_KEY_BYTES or len(set(key)) < FEWEST_DISTINCT:
        raise ValueError(f"expected {MASTER_KEY_BYTES} random bytes in urlsafe base64 (44 characters)")
    return key


def decode_master_keys(text: str) -> tuple[bytes, ...]:
    """Return the master keys in ``text``; raise ValueError when one is no good."""
    return tuple(decode_master_key(key) for key in text.split())


def _write_once(path: Path, value: str) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True
