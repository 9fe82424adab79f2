"""What is configured, whether it answers, and the one line that mends what does not."""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, RedisError
from redis.retry import Retry
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from domain import database
from domain.models import Heartbeat
from handrail import embedded, ports, secret_files
from handrail.config import Config, ConfigError, home_in, load
from handrail.occupancy import is_occupied

PRAGMAS = {"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2"}
SILENCE = timedelta(seconds=90)  #: after which a process counts as gone


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    well: bool
    says: str
    mend: str = ""  #: the one line that mends it; empty when well


def examine(environ: Mapping[str, str], *, now: datetime) -> list[Finding]:
    """Look at everything `handrail up` and its processes need; never raises, never prints a secret."""
    findings = [_python(), _home(home_in(environ))]
    try:
        config = load(environ)
    except ConfigError as error:
        return [*findings, *(_ill(name, text, _mend(name, text)) for name, text in error.problems.items())]
    return [*findings, *_secret_files(config.home), *_database(config, now), _queue(config), _port(config)]


def _well(name: str, says: str) -> Finding:
    return Finding(name=name, well=True, says=says)


def _ill(name: str, says: str, mend: str) -> Finding:
    return Finding(name=name, well=False, says=says, mend=mend)


def _mend(variable: str, problem: str) -> str:
    return "handrail up" if problem.startswith("is missing") else f"unset {variable}, or set it as said"


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return _well("python", f"{version} in {sys.prefix}")


def _home(home: Path) -> Finding:
    if not home.is_dir():
        return _ill("home", f"{home} does not exist yet", "handrail up")
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return _ill(
            "home", f"{home} cannot be written by this user", f"chown $(id -u) {home} && chmod 700 {home}"
        )
    return _well("home", str(home))


def _secret_files(home: Path) -> Iterator[Finding]:
    for name in (secret_files.SECRET_KEY, secret_files.MASTER_KEY):
        path = home / name
        if not path.exists():
            yield _well(name, "given in the environment")
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield _ill(name, f"others on this computer may read {path}", f"chmod 600 {path}")
        else:
            yield _well(name, f"in {path}, for its owner alone")


def _database(config: Config, now: datetime) -> Iterator[Finding]:
    engine = database.open_engine(config.database)
    shown = engine.url.render_as_string(hide_password=True)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).exists():
        yield _ill("database", f"{file} does not exist yet", "handrail migrate")
        return
    try:
        revision, newest = database.current_revision(engine), database.newest_revision()
        if revision != newest:
            yield _ill(
                "database", f"{shown} is at version {revision or 'none'}, not {newest}", "handrail migrate"
            )
            return
        yield _well("database", f"{shown}, version {revision}")
        yield from _pragmas(engine)
        yield from _heartbeats(engine, now)
    except SQLAlchemyError as error:
        reason = type(getattr(error, "orig", None) or error).__name__
        yield _ill(
            "database", f"{shown} does not answer ({reason})", "start it, or correct HANDRAIL_DATABASE_URL"
        )
    finally:
        engine.dispose()


def _pragmas(engine: Engine) -> Iterator[Finding]:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        found = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in PRAGMAS}
    wrong = {name: text for name, text in found.items() if text != PRAGMAS[name]}
    if wrong:
        yield _ill("sqlite", f"opened with {wrong}", f"move {engine.url.database} to a local disk")
    else:
        yield _well("sqlite", "write-ahead log, foreign keys, full synchronisation")


def _heartbeats(engine: Engine, now: datetime) -> Iterator[Finding]:
    with engine.connect().execution_options(handrail_mode="read") as connection:
        rows = connection.execute(
            select(Heartbeat.kind, func.max(Heartbeat.seen_at).label("seen_at")).group_by(Heartbeat.kind)
        )
        seen = {row.kind: row.seen_at for row in rows}
    for kind in ("relay", "worker"):
        at = seen.get(kind)
        if at is None:
            yield _ill(kind, "is not running", f"handrail up, or beside it: handrail {kind}")
        elif now - at > SILENCE:
            yield _ill(
                kind,
                f"was last seen at {at:%Y-%m-%d %H:%M} UTC",
                f"handrail up, or beside it: handrail {kind}",
            )
        else:
            yield _well(kind, f"seen {max(0, round((now - at).total_seconds()))} s ago")


def _queue(config: Config) -> Finding:
    url = config.queue or embedded.running(config.home)
    if url is None:
        try:
            return _well("queue", f"not running; `handrail up` starts {embedded.binary()}")
        except embedded.NoServer as error:
            return _ill("queue", str(error), "export HANDRAIL_REDIS_URL=redis://localhost:6379/0")
    try:
        with Redis.from_url(url, socket_timeout=2, retry=Retry(NoBackoff(), 0)) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    except NoPermissionError:
        return _well("queue", "answers; whether it throws work away, this user may not ask it")
    except RedisError as error:
        return _ill(
            "queue", f"does not answer ({type(error).__name__})", "start it, or correct HANDRAIL_REDIS_URL"
        )
    if policy != "noeviction":
        return _ill(
            "queue", f"may throw work away ({policy})", "valkey-cli config set maxmemory-policy noeviction"
        )
    return _well("queue", "answers, and throws nothing away")


def _port(config: Config) -> Finding:
    if ports.is_free(config.address):
        return _well("port", f"{config.address} is free")
    if is_occupied(config.home, "up"):
        return _well("port", f"{config.address} is in use, and Handrail runs")
    if config.listen or config.base_url:
        host, number = ports.split(config.address)
        mend = f"export HANDRAIL_LISTEN={ports.join(host, number + 1)}"
        return _ill("port", f"another program listens on {config.address}", mend)
    return _well("port", f"{config.address} is in use; `handrail up` takes the next one")
