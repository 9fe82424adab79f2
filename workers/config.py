"""What relay and workers need to be told; made by the command, never read from the environment here."""

from dataclasses import dataclass, field
from pathlib import Path

from domain.sealed import Keyring


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerConfig:
    """One relay's or worker's configuration; secrets are left out of ``repr``."""

    master_key_fallbacks: tuple[bytes, ...] = field(default=(), repr=False)  #: older ones, still opening
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)  #: None: no queue server, only draining works
    secret_key: str = field(repr=False)  #: signs links to unsubscribe
    master_key: bytes = field(repr=False)  #: 32 bytes; wraps the members' keys
    base_url: str  #: for links in mail; no slash at the end
    home: Path
    smtp_url: str | None = field(default=None, repr=False)  #: None: mail is written to ``mail_folder``
    mail_from: str
    json_logs: bool = False

    @property
    def keyring(self) -> Keyring:
        """The master keys, newest first, for opening sessions."""
        return Keyring((self.master_key, *self.master_key_fallbacks))

    @property
    def mail_folder(self) -> Path:
        """Where mail is written when there is no SMTP server."""
        return self.home / "mail"
