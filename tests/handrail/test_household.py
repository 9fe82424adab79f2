"""The programs of `up` share one environment, and web counts as ready when it answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from handrail import household, secret_files
from handrail.commands.up import prepare, welcome
from handrail.config import Config, load


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("HANDRAIL_HOME", str(folder))
    return folder


def config_of(home: Path, **more: str) -> Config:
    secret_files.write_missing(home)
    return load({"HANDRAIL_HOME": str(home), **{f"HANDRAIL_{name}": text for name, text in more.items()}})


def test_every_program_reads_the_same_configuration_back(home: Path) -> None:
    environ = household.shared_environ(config_of(home), address="127.0.0.1:8123", queue="unix:///q.sock")
    read = load(environ)
    assert (read.home, read.address, read.origin) == (home, "127.0.0.1:8123", "http://localhost:8123")
    assert read.for_workers().redis_url == "unix:///q.sock"
    assert environ["OMP_NUM_THREADS"] == "1"


@pytest.mark.requirement("C54")
def test_no_secret_is_put_into_the_environment(home: Path) -> None:
    environ = household.shared_environ(config_of(home), address="127.0.0.1:8123", queue="unix:///q.sock")
    secrets = [(home / name).read_text().strip() for name in ("secret_key", "master_key")]
    assert not any(secret in text for secret in secrets for text in environ.values())


def test_a_queue_server_of_ones_own_is_left_where_it_was_named(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "redis_url"
    file.write_text("redis://queue:6379/0")
    config = config_of(home, REDIS_URL_FILE=str(file))
    environ = household.shared_environ(config, address="127.0.0.1:8123", queue=config.queue or "")
    assert "HANDRAIL_REDIS_URL" not in environ


def test_the_programs_are_ended_pages_first(home: Path) -> None:
    config = config_of(home)
    environ = household.shared_environ(config, address="127.0.0.1:8123", queue="unix:///q.sock")
    made = household.programs(config, environ, held=9, reload=True)
    assert [each.name for each in made] == ["web", "relay", "worker"]
    assert made[0].command[-4:] == ["web", "--socket", "9", "--reload"]
    assert [each.sockets for each in made] == [(9,), (), ()]
    assert not any(each.foundation for each in made)


@contextmanager
def site(status: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers with ``status``, and the hosts it was asked for."""
    hosts: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}", hosts
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
def test_web_is_ready_when_it_says_so(home: Path, status: int, ready: bool) -> None:
    with site(status) as (address, hosts):
        config = config_of(home, BASE_URL="http://town.example")
        everywhere = address.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - only asked about
        environ = household.shared_environ(config, address=everywhere, queue="unix:///q.sock")
        web = household.programs(config, environ, held=9, reload=False)[0]
        assert web.ready() is ready
    assert hosts == ["town.example"]
    assert not web.ready()


def test_the_first_start_makes_what_is_given_nowhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz")
    config = prepare(home, empty=False)
    assert config.demo
    assert not (home / "secret_key").exists()
    assert (home / "master_key").exists()


@pytest.mark.parametrize(
    ("empty", "base_url", "demo"),
    [
        (False, "http://localhost:8000", True),
        (True, "http://localhost:8000", False),
        (False, "https://t.example", False),
    ],
)
def test_demo_accounts_are_for_a_town_on_plain_http(
    home: Path, monkeypatch: pytest.MonkeyPatch, empty: bool, base_url: str, demo: bool
) -> None:
    monkeypatch.setenv("HANDRAIL_BASE_URL", base_url)
    config = prepare(home, empty=empty)
    assert config.demo is demo
    assert ("robin@example.com" in welcome(config, base_url)) is demo


def test_what_was_said_about_the_demo_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_DEMO", "no")
    assert not prepare(home, empty=False).demo


def test_the_welcome_says_where_mail_is(home: Path) -> None:
    assert str(home / "mail") in welcome(config_of(home), "http://localhost:8000")
    assert (
        "mail" not in welcome(config_of(home, SMTP_URL="smtp://m.example"), "http://localhost:8000").lower()
    )
