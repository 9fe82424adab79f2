"""The environment as typed configuration: the one place that reads HANDRAIL_* variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from handrail import formats, secret_files
from web.config import WebConfig
from workers.config import WorkerConfig

PREFIX = "HANDRAIL_"
DEFAULT_LISTEN = "127.0.0.1:8000"
MEGABYTE = 1024 * 1024
#: Always answered, so that health checks reach the process; links are made from the base URL alone.
LOOPBACK = ("localhost", "127.0.0.1")


class ConfigError(Exception):
    """The environment asks for something impossible; ``problems`` maps variable to message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = dict(problems)


def _words(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _secret(check: Any) -> BeforeValidator:
    def validate(value: Any) -> Any:
        check(value)
        return value

    return BeforeValidator(validate)


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def variable(default: Any, meaning: str, *, shown: str = "") -> Any:
    """A field with what the reference page says of it; ``shown`` describes a default that is computed."""
    return Field(default=default, description=meaning, json_schema_extra={"shown": shown})


class Config(BaseModel):
    """Everything the environment says, checked; secrets are masked wherever it is printed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = variable(
        ..., "Folder for the database file, secrets and mail", shown="the user's data folder"
    )
    database_url: Annotated[SecretStr, _secret(formats.database_url)] = variable(
        ..., "Where everything is kept: SQLite or PostgreSQL", shown="SQLite in the home folder"
    )
    redis_url: Annotated[SecretStr, _secret(formats.redis_url)] | None = variable(
        None, "Redis or Valkey, which wakes the workers", shown="`up` starts its own"
    )
    secret_key: Annotated[SecretStr, _secret(secret_files.check_secret_key)] = variable(
        ..., "Signs sessions and links; at least 32 random characters", shown="made by the first `up`"
    )
    secret_key_fallbacks: Annotated[SecretStr, _secret(secret_files.check_secret_keys)] | None = variable(
        None, "Older secret keys that are still accepted, newest first, separated by spaces"
    )
    master_key: Annotated[SecretStr, _secret(secret_files.decode_master_key)] = variable(
        ..., "Wraps each member's own key; 32 bytes in urlsafe base64", shown="made by the first `up`"
    )
    master_key_fallbacks: Annotated[SecretStr, _secret(secret_files.decode_master_keys)] | None = variable(
        None, "Older master keys that still open members' keys, newest first, separated by spaces"
    )
    base_url: Annotated[str, BeforeValidator(formats.base_url)] | None = variable(
        None,
        "Address members use, for links in mail; https makes cookies secure",
        shown="`http://localhost:` and the port of `HANDRAIL_LISTEN`",
    )
    listen: Annotated[str, BeforeValidator(formats.listen)] | None = variable(
        None, "Where the web process listens", shown=f"`{DEFAULT_LISTEN}`, or the next free port under `up`"
    )
    trusted_hosts: Annotated[tuple[str, ...], BeforeValidator(_words)] = variable(
        (), "Further host names to answer to, separated by spaces", shown="the host of `HANDRAIL_BASE_URL`"
    )
    proxy_hops: int = Field(default=0, ge=0, le=5, description="Trusted proxies in front of the web process")
    demo: bool = variable(
        default=False, meaning="Whether the fictional town's accounts may sign in; never with https"
    )
    smtp_url: Annotated[SecretStr, _secret(formats.smtp_url)] | None = variable(
        None, "Server that sends mail", shown="mail is written to the home folder"
    )
    mail_from: str | None = variable(None, "Sender of mail", shown="`handrail@` and the base URL's host")
    upload_megabytes: int = Field(default=2, ge=1, le=64, description="Largest request, in megabytes")
    metrics_token: SecretStr | None = variable(
        None, "Who sends it as a bearer token may read `/metrics`", shown="only this computer may"
    )
    log: Literal["text", "json"] = variable("text", "How log lines are written")

    @property
    def address(self) -> str:
        """Host and port to listen on."""
        return self.listen or DEFAULT_LISTEN

    @property
    def origin(self) -> str:
        """The base URL, given or following the port."""
        return self.base_url or f"http://localhost:{self.address.rpartition(':')[2]}"

    @property
    def database(self) -> str:
        """The database URL with its driver named."""
        return formats.database_url(self.database_url.get_secret_value())

    @property
    def queue(self) -> str | None:
        """The queue server's URL, where one is given."""
        return _text(self.redis_url) or None

    def for_web(self, *, reload: bool = False) -> WebConfig:
        """Return what the pages need to be told."""
        return WebConfig(
            secret_key=self.secret_key.get_secret_value(),
            secret_key_fallbacks=secret_files.check_secret_keys(_text(self.secret_key_fallbacks)),
            master_key=secret_files.decode_master_key(self.master_key.get_secret_value()),
            master_key_fallbacks=secret_files.decode_master_keys(_text(self.master_key_fallbacks)),
            database_url=self.database,
            redis_url=self.queue,
            base_url=self.origin,
            home=self.home,
            trusted_hosts=tuple(dict.fromkeys((self._host, *self.trusted_hosts, *LOOPBACK))),
            proxy_hops=self.proxy_hops,
            demo=self.demo,
            smtp_url=self._smtp,
            mail_from=self._sender,
            upload_bytes=self.upload_megabytes * MEGABYTE,
            reload=reload,
            json_logs=self.log == "json",
            metrics_token=_text(self.metrics_token) or None,
        )

    def for_workers(self) -> WorkerConfig:
        """Return what relay and workers need to be told."""
        return WorkerConfig(
            database_url=self.database,
            redis_url=self.queue,
            secret_key=self.secret_key.get_secret_value(),
            master_key=secret_files.decode_master_key(self.master_key.get_secret_value()),
            master_key_fallbacks=secret_files.decode_master_keys(_text(self.master_key_fallbacks)),
            base_url=self.origin,
            home=self.home,
            smtp_url=self._smtp,
            mail_from=self._sender,
            json_logs=self.log == "json",
        )

    @property
    def _host(self) -> str:
        return urlsplit(self.origin).hostname or "localhost"

    @property
    def _sender(self) -> str:
        return self.mail_from or f"handrail@{self._host}"

    @property
    def _smtp(self) -> str | None:
        return _text(self.smtp_url) or None


#: Variables that may also be given as the path of a file, with ``_FILE`` behind their name.
SECRETS = frozenset(
    name for name, field in Config.model_fields.items() if "SecretStr" in str(field.annotation)
)


def load(environ: Mapping[str, str]) -> Config:
    """Return the configuration ``environ`` describes; raise ConfigError with every problem at once."""
    values, problems = _given(environ)
    home = home_in(environ)
    values["home"] = str(home)
    values.setdefault("database_url", f"sqlite:///{home / 'handrail.db'}")
    for name in (secret_files.SECRET_KEY, secret_files.MASTER_KEY):
        if name not in values and (kept := secret_files.read(home, name)):
            values[name] = kept
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError({**_problems_of(error, values), **problems}) from None
    if config.demo and config.origin.startswith("https:"):
        problems["HANDRAIL_DEMO"] = "demo accounts have passwords anybody may read: expected no with https"
    if problems:
        raise ConfigError(problems)
    return config


def home_in(environ: Mapping[str, str]) -> Path:
    """Return the home folder ``environ`` names, else the user's data folder (XDG base directories)."""
    data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(environ.get("HANDRAIL_HOME") or Path(data) / "handrail").expanduser().absolute()


def _given(environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values given, by field, and what was wrong with reading them; empty means not given."""
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    for variable_name, text in environ.items():
        if not variable_name.startswith(PREFIX) or not text.strip():
            continue
        name = variable_name.removeprefix(PREFIX).lower()
        if (owner := name.removesuffix("_file")) != name and owner in SECRETS:
            try:
                values[owner] = Path(text).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems[variable_name] = f"found {text!r}, which cannot be read ({error.strerror})"
            if PREFIX + owner.upper() in environ:
                problems[variable_name] = f"expected this or {PREFIX}{owner.upper()}, not both"
        else:
            values.setdefault(name, text.strip())
    return values, problems


def _problems_of(error: ValidationError, values: Mapping[str, str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for each in error.errors(include_url=False):
        name = str(each["loc"][0])
        if each["type"] == "missing":
            text = "is missing: `handrail up` makes one, or give it here or as a file's path with _FILE"
        elif each["type"] == "extra_forbidden":
            text = "is not a variable Handrail knows"
        else:
            reason = str(each.get("ctx", {}).get("error", each["msg"]))
            text = reason if name in SECRETS else f"found {values[name]!r}, {reason}"
        problems[PREFIX + name.upper()] = text
    return problems
