"""What the pages need to be told; made by the command, never read from the environment here."""

from dataclasses import dataclass, field
from pathlib import Path

from domain.sealed import Keyring


@dataclass(frozen=True, kw_only=True, slots=True)
class WebConfig:
    """One web process's configuration; secrets are left out of ``repr``."""

    secret_key: str = field(repr=False)  #: signs sessions and links
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)  #: older keys, still accepted
    master_key: bytes = field(repr=False)  #: 32 bytes; wraps the members' keys
    master_key_fallbacks: tuple[bytes, ...] = field(default=(), repr=False)  #: older ones, still opening
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)  #: shared rate limits; None: kept in memory
    base_url: str  #: scheme, host and port, no slash at the end
    home: Path
    trusted_hosts: tuple[str, ...]  #: host names that are answered, without port
    proxy_hops: int = 0  #: trusted proxies in front
    demo: bool = False  #: the town's demo accounts may sign in
    smtp_url: str | None = field(default=None, repr=False)  #: None: mail is written to ``mail_folder``
    mail_from: str
    upload_bytes: int = 2 * 1024 * 1024  #: largest request body
    form_parts: int = 400  #: most fields in one form
    reload: bool = False  #: read templates anew when they change
    json_logs: bool = False
    metrics_token: str | None = field(default=None, repr=False)  #: who has it may read the figures
    metrics_folder: Path | None = None  #: where the processes of one site share theirs

    @property
    def secure(self) -> bool:
        """Whether members come over https, so that cookies may be marked secure."""
        return self.base_url.startswith("https://")

    @property
    def keyring(self) -> Keyring:
        """The master keys, newest first, for opening sessions."""
        return Keyring((self.master_key, *self.master_key_fallbacks))

    @property
    def mail_folder(self) -> Path:
        """Where mail is written when there is no SMTP server."""
        return self.home / "mail"

    @property
    def limiter_url(self) -> str:
        """Where rate limits are counted: database 1 beside the queue's 0, or this process's memory."""
        if self.redis_url is None:
            return "memory://"
        if not self.redis_url.startswith("unix://"):
            return self.redis_url
        separator = "&" if "?" in self.redis_url else "?"
        numbered = self.redis_url if "db=" in self.redis_url else f"{self.redis_url}{separator}db=1"
        return f"redis+{numbered}"
