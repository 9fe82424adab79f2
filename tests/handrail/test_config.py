"""Every problem is reported together, and no secret is ever printed."""

import base64
import os
import stat
from pathlib import Path

import pytest

from handrail import secret_files
from handrail.config import ConfigError, load

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
MASTER = base64.urlsafe_b64encode(bytes(range(32))).decode()
DATABASE_PASSWORD = "hunter2-and-more"


def environ(home: Path, **more: str) -> dict[str, str]:
    return {
        "HANDRAIL_HOME": str(home),
        "HANDRAIL_SECRET_KEY": SECRET,
        "HANDRAIL_MASTER_KEY": MASTER,
        **{f"HANDRAIL_{name}": text for name, text in more.items()},
    }


def problems(given: dict[str, str]) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(given)
    return caught.value.problems


def test_a_home_alone_is_enough_once_its_secrets_are_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    secret_files.write_missing(home)
    config = load({"HANDRAIL_HOME": str(home)})
    assert config.database == f"sqlite:///{home}/handrail.db"
    assert config.origin == "http://localhost:8000"
    assert config.queue is None
    assert len(config.for_web().master_key) == 32


def test_the_home_is_the_users_data_folder_unless_given(tmp_path: Path) -> None:
    given = {"HANDRAIL_SECRET_KEY": SECRET, "HANDRAIL_MASTER_KEY": MASTER}
    assert load({**given, "XDG_DATA_HOME": str(tmp_path)}).home == tmp_path / "handrail"
    assert load(given).home == Path.home() / ".local" / "share" / "handrail"


@pytest.mark.requirement("C54")
def test_written_secrets_are_their_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    home = tmp_path / "home"
    written = secret_files.write_missing(home)
    assert [stat.S_IMODE(path.stat().st_mode) for path in written] == [0o600, 0o600]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    before = [path.read_text() for path in written]
    assert secret_files.write_missing(home) == []
    assert [path.read_text() for path in written] == before


@pytest.mark.requirement("C54")
def test_without_secrets_nothing_starts(tmp_path: Path) -> None:
    found = problems({"HANDRAIL_HOME": str(tmp_path)})
    assert set(found) == {"HANDRAIL_SECRET_KEY", "HANDRAIL_MASTER_KEY"}
    assert "handrail up" in found["HANDRAIL_SECRET_KEY"]


@pytest.mark.requirement("C54")
@pytest.mark.parametrize("weak", ["changeme", "x" * 64, "changeme" * 8, "secret" * 10])
def test_secrets_that_can_be_guessed_are_refused(tmp_path: Path, weak: str) -> None:
    found = problems(environ(tmp_path, SECRET_KEY=weak, MASTER_KEY=weak))
    assert set(found) == {"HANDRAIL_SECRET_KEY", "HANDRAIL_MASTER_KEY"}
    assert weak not in str(found)


@pytest.mark.requirement("C54")
def test_a_weak_older_key_is_refused_too(tmp_path: Path) -> None:
    assert set(problems(environ(tmp_path, SECRET_KEY_FALLBACKS=f"{SECRET} short"))) == {
        "HANDRAIL_SECRET_KEY_FALLBACKS"
    }
    kept = load(environ(tmp_path, SECRET_KEY_FALLBACKS=f"{SECRET}1 {SECRET}2")).for_web()
    assert kept.secret_key_fallbacks == (f"{SECRET}1", f"{SECRET}2")


def test_a_master_key_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    short = base64.urlsafe_b64encode(bytes(range(31))).decode()
    assert "44 characters" in problems(environ(tmp_path, MASTER_KEY=short))["HANDRAIL_MASTER_KEY"]


@pytest.mark.requirement("C54")
def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET + "-from-file\n")
    given = environ(tmp_path, SECRET_KEY_FILE=str(file))
    del given["HANDRAIL_SECRET_KEY"]
    assert load(given).for_web().secret_key == f"{SECRET}-from-file"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    given = environ(tmp_path, SECRET_KEY_FILE=str(tmp_path / "absent"))
    del given["HANDRAIL_SECRET_KEY"]
    assert "absent" in problems(given)["HANDRAIL_SECRET_KEY_FILE"]


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET)
    assert "not both" in problems(environ(tmp_path, SECRET_KEY_FILE=str(file)))["HANDRAIL_SECRET_KEY_FILE"]


def test_every_problem_is_reported_together(tmp_path: Path) -> None:
    found = problems(
        environ(
            tmp_path,
            DATABASE_URL="mysql://host/database",
            REDIS_URL="http://host",
            BASE_URL="localhost",
            LISTEN="8000",
            SMTP_URL="mail.example.org",
            PROXY_HOPS="many",
            LOG="loud",
            SPELING="1",
        )
    )
    assert {name.removeprefix("HANDRAIL_") for name in found} == {
        "DATABASE_URL", "REDIS_URL", "BASE_URL", "LISTEN", "SMTP_URL", "PROXY_HOPS", "LOG", "SPELING"
    }  # fmt: skip
    assert "'8000'" in found["HANDRAIL_LISTEN"]
    assert "host:port" in found["HANDRAIL_LISTEN"]


@pytest.mark.requirement("C54")
def test_no_secret_is_printed(tmp_path: Path) -> None:
    url = f"postgresql://handrail:{DATABASE_PASSWORD}@database/handrail"
    config = load(environ(tmp_path, DATABASE_URL=url, REDIS_URL=f"redis://:{DATABASE_PASSWORD}@queue:6379/0"))
    printed = f"{config!r} {config} {config.for_web()!r} {config.for_workers()!r}"
    assert all(secret not in printed for secret in (SECRET, MASTER, DATABASE_PASSWORD))
    broken = problems(environ(tmp_path, DATABASE_URL=f"oracle://u:{DATABASE_PASSWORD}@h/d"))
    assert DATABASE_PASSWORD not in str(broken)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_postgresql_driver_is_always_named(tmp_path: Path, scheme: str) -> None:
    config = load(environ(tmp_path, DATABASE_URL=f"{scheme}://me:p%40ss@database/handrail"))
    assert config.database == "postgresql+psycopg://me:p%40ss@database/handrail"


def test_the_base_url_follows_the_port(tmp_path: Path) -> None:
    assert load(environ(tmp_path, LISTEN="0.0.0.0:9000")).origin == "http://localhost:9000"
    assert load(environ(tmp_path, BASE_URL="https://town.example/")).origin == "https://town.example"


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    assert load(environ(tmp_path, BASE_URL="https://town.example")).for_web().secure
    assert not load(environ(tmp_path)).for_web().secure


def test_demo_accounts_are_refused_over_https(tmp_path: Path) -> None:
    found = problems(environ(tmp_path, DEMO="yes", BASE_URL="https://town.example"))
    assert set(found) == {"HANDRAIL_DEMO"}
    assert load(environ(tmp_path, DEMO="yes")).for_web().demo


@pytest.mark.requirement("C56")
def test_only_named_hosts_are_answered(tmp_path: Path) -> None:
    web = load(
        environ(tmp_path, BASE_URL="https://town.example", TRUSTED_HOSTS="a.example, b.example")
    ).for_web()
    assert web.trusted_hosts == ("town.example", "a.example", "b.example", "localhost", "127.0.0.1")
    assert web.proxy_hops == 0


@pytest.mark.parametrize(
    ("queue", "limits"),
    [
        ("unix:///run/queue.sock", "redis+unix:///run/queue.sock?db=1"),
        ("unix:///run/queue.sock?db=3", "redis+unix:///run/queue.sock?db=3"),
        ("redis://queue:6379/0", "redis://queue:6379/0"),
    ],
)
def test_rate_limits_are_counted_beside_the_queue(tmp_path: Path, queue: str, limits: str) -> None:
    config = load(environ(tmp_path, REDIS_URL=queue))
    assert config.for_workers().redis_url == queue
    assert config.for_web().limiter_url == limits


def test_rate_limits_stay_in_memory_without_a_queue(tmp_path: Path) -> None:
    assert load(environ(tmp_path)).for_web().limiter_url == "memory://"


def test_nothing_is_read_but_what_is_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HANDRAIL_LISTEN", "127.0.0.1:1")
    assert load(environ(tmp_path)).listen is None
