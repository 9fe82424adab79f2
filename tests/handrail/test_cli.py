"""The command: what it lists, what it refuses, and what it becomes."""

import importlib
import sqlite3
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from domain import database
from handrail import __version__, secret_files
from handrail.cli import COMMANDS, main
from handrail.commands import reset
from handrail.commands.bench import bench
from handrail.commands.web import gunicorn
from handrail.occupancy import note, occupy


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    secret_files.write_missing(folder)
    return folder


def run(home: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, arguments, env={"HANDRAIL_HOME": str(home), **environ})
    if answer.exception and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.exit_code, answer.output


def test_help_lists_every_command(tmp_path: Path) -> None:
    status, output = run(tmp_path, "--help")
    assert status == 0
    assert all(f"  {name} " in output for name in COMMANDS)
    assert run(tmp_path, "--version") == (0, f"handrail, version {__version__}\n")


@pytest.mark.parametrize("place", [place for place, _summary in COMMANDS.values()])
def test_every_command_is_where_the_table_says(place: str) -> None:
    module, _, attribute = place.partition(":")
    command = getattr(importlib.import_module(f"handrail.commands.{module}"), attribute)
    assert isinstance(command, click.Command)


@pytest.mark.parametrize("command", ["drain", "migrate", "erasures", "backup"])
def test_a_database_that_does_not_answer_is_said_in_a_line(home: Path, command: str) -> None:
    status, said = run(home, command, HANDRAIL_DATABASE_URL="postgresql://me@127.0.0.1:1/handrail")
    assert status in (1, 2)
    assert len(said.strip().splitlines()) == 1
    assert "database" in said


def test_a_database_without_tables_is_said_in_a_line(home: Path) -> None:
    status, said = run(home, "drain")
    assert (status, "handrail doctor" in said) == (2, True)


def test_every_measurement_is_where_its_table_says() -> None:
    context = click.Context(bench)
    assert all(
        isinstance(bench.get_command(context, name), click.Command) for name in bench.list_commands(context)
    )


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    status, output = run(tmp_path, "dance")
    assert status == 2
    assert "No such command" in output


@pytest.mark.requirement("C54")
@pytest.mark.parametrize("name", ["web", "relay", "worker", "migrate", "seed", "drain"])
def test_without_secrets_a_command_refuses_and_names_every_problem(tmp_path: Path, name: str) -> None:
    status, output = run(tmp_path, name, HANDRAIL_LISTEN="nowhere")
    assert status == 2
    assert all(f"HANDRAIL_{each}" in output for each in ("SECRET_KEY", "MASTER_KEY", "LISTEN"))
    assert not (tmp_path / "handrail.db").exists()


def test_migrate_brings_the_schema_and_may_be_run_again(home: Path) -> None:
    assert run(home, "migrate") == run(home, "migrate")
    with sqlite3.connect(home / "handrail.db") as connection:
        assert connection.execute("select count(*) from alembic_version").fetchone() == (1,)
    connection.close()


def test_the_migrations_make_what_the_models_describe(home: Path) -> None:
    status, output = run(home, "migrate", "--check")
    assert (status, output) == (0, "The migrations make what the models describe.\n")


def test_a_model_without_a_migration_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "drift", lambda _engine: ["add_table hats"])
    status, output = run(home, "migrate", "--check")
    assert status == 1
    assert "add_table hats" in output


def test_reset_keeps_the_secrets_and_nothing_else(home: Path) -> None:
    run(home, "migrate")
    (home / "mail").mkdir()
    (home / "mail" / "letter.eml").write_text("a letter")
    kept = (home / "master_key").read_text()
    assert run(home, "reset", "--yes")[0] == 0
    assert (home / "master_key").read_text() == kept
    assert not (home / "mail").exists()
    assert (home / "handrail.db").exists()


def test_reset_asks_first(home: Path) -> None:
    run(home, "migrate")
    (home / "mail").mkdir()
    answer = CliRunner().invoke(main, ["reset"], env={"HANDRAIL_HOME": str(home)}, input="n\n")
    assert answer.exit_code == 1
    assert (home / "mail").exists()


def test_reset_is_refused_while_handrail_runs(home: Path) -> None:
    run(home, "migrate")
    with occupy(home, "up") as lock:
        note(lock)
        status, output = run(home, "reset", "--yes")
    assert status == 1
    assert "already runs" in output
    assert (home / "handrail.db").exists()


def test_reset_leaves_a_database_elsewhere_alone(home: Path, tmp_path: Path) -> None:
    status, output = run(home, "reset", "--yes", HANDRAIL_DATABASE_URL=f"sqlite:///{tmp_path / 'else.db'}")
    assert status == 1
    assert "does not remove it" in output


def test_reset_removes_a_link_and_not_what_it_leads_to(home: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (home / "photos").symlink_to(tmp_path / "photos")
    reset.empty(home)
    assert (tmp_path / "photos").exists()
    assert not (home / "photos").is_symlink()


def test_the_web_command_becomes_a_server_without_a_control_socket() -> None:
    command = gunicorn("127.0.0.1:8123", processes=2)
    assert "--no-control-socket" in command
    assert command[command.index("--bind") + 1] == "127.0.0.1:8123"
    assert command[command.index("--threads") + 1] == "32"
    assert command[-1] == "handrail.wsgi:app"
    assert gunicorn("127.0.0.1:8123", reload=True)[-1] == "handrail.wsgi:make_app(reload=True)"


@pytest.mark.requirement("C56")
def test_the_server_itself_trusts_no_forwarded_header() -> None:
    command = gunicorn("127.0.0.1:8123")
    assert command[command.index("--forwarded-allow-ips") + 1] == ""
