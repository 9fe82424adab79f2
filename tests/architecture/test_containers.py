"""The container files agree with the command and its configuration; no engine is needed to see that."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml
from limits.storage import storage_from_string
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from rq import SimpleWorker

from handrail.cli import COMMANDS
from handrail.config import Config, load
from handrail.embedded import binary
from workers import queue
from workers.worker import PATIENCE

ROOT = Path(__file__).parents[2]
OURS = ("web", "relay", "worker", "migrate")
LONGEST = 20  #: seconds most messages may take
VARIABLES = {f"HANDRAIL_{name.upper()}" for name in Config.model_fields}


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


def test_the_services_are_those_of_the_house(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "valkey", "postgres", "mailpit"}
    assert "version" not in compose
    assert compose["services"]["mailpit"]["profiles"] == ["mail"]


def test_one_image_serves_all_processes_without_privileges(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["image"] == "handrail"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["command"][0] in COMMANDS
    assert re.search(r"^USER 10001$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_nothing_starts_before_the_schema_is_there(compose: dict[str, Any]) -> None:
    for name in ("web", "relay", "worker"):
        needs = compose["services"][name]["depends_on"]
        assert needs["migrate"] == {"condition": "service_completed_successfully"}
        assert needs["valkey"] == {"condition": "service_healthy"}
    assert compose["services"]["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_every_lasting_process_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    for name in ("relay", "worker", "valkey", "postgres"):
        assert compose["services"][name]["healthcheck"]["test"][0] == "CMD"
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.requirement("C54")
def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("HANDRAIL_SECRET_KEY", "HANDRAIL_MASTER_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        assert set(re.findall(rf"\$\{{{name}([^A-Z_])", text)) == {":"}
        assert f"${{{name}:?" in text
        assert f"${{{name}:-" not in text


def test_the_queue_server_throws_no_work_away(compose: dict[str, Any]) -> None:
    assert "--maxmemory-policy noeviction" in compose["services"]["valkey"]["command"][-1]


@pytest.fixture
def guarded_queue(compose: dict[str, Any], tmp_path: Path) -> Iterator[str]:
    """The bundled server, with the users that the containers' one is told of."""
    shell, script = compose["services"]["valkey"]["command"][1:]
    assert shell == "-c"
    script = script.replace("$$", "$").replace("/tmp/users.acl", f"{tmp_path}/users.acl")  # noqa: S108
    script = script.replace(
        "valkey-server ", f"{binary()} --port 0 --unixsocket {tmp_path}/q --dir {tmp_path} "
    )
    started = subprocess.Popen(["/bin/sh", "-c", script], env={"VALKEY_PASSWORD": "a-password"})
    url = f"unix://{tmp_path}/q"
    until = time.monotonic() + 10
    while not (tmp_path / "q").exists() and time.monotonic() < until:
        time.sleep(0.01)
    yield url
    started.terminate()
    started.wait()


def test_who_has_no_password_may_only_ask_whether_the_queue_server_is_there(guarded_queue: str) -> None:
    with Redis.from_url(guarded_queue) as stranger:
        assert stranger.ping()
        for words in (("GET", "rq:queues"), ("LPUSH", "rq:queue:mail", "x"), ("FLUSHALL",), ("INFO",)):
            with pytest.raises(NoPermissionError):
                stranger.execute_command(*words)
    guessed = guarded_queue.replace("unix://", "unix://handrail:another@")
    with pytest.raises(AuthenticationError), Redis.from_url(guessed) as wrong:
        wrong.ping()


def test_who_has_the_password_may_ring_count_and_look_and_nothing_else(guarded_queue: str) -> None:
    named = guarded_queue.replace("unix://", "unix://handrail:a-password@")
    with queue.connect(named) as ours:
        assert queue.ring("mail", client=ours, bells=1, most=1) == 1
        heard: Any = SimpleWorker(
            [queue.queue_of("mail", ours)], connection=ours, job_class=queue.Bell, serializer="json"
        )
        heard.register_birth()
        heard.run_maintenance_tasks()
        (bell,) = queue.queue_of("mail", ours).jobs
        assert (bell.origin, queue.refused(ours)) == ("mail", 0)
        heard.register_death()
        assert ours.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        for words in (("GET", "another"), ("FLUSHALL",), ("KEYS", "*"), ("CONFIG", "SET", "dir", "/")):
            with pytest.raises(NoPermissionError):
                ours.execute_command(*words)
    assert storage_from_string(named.replace("unix://", "redis+unix://")).incr("LIMITER/x", 60) == 1


def test_what_an_operator_may_set_reaches_the_programs(compose: dict[str, Any]) -> None:
    """A key that was changed opens nothing sealed before unless the older one is handed on as well."""
    text, _, given_by_containers = (
        (ROOT / ".env.example").read_text(encoding="utf-8").partition("# Not needed with the containers")
    )
    offered = set(re.findall(r"^#?(HANDRAIL_[A-Z_]+)=", text, re.MULTILINE)) | {"HANDRAIL_METRICS_TOKEN"}
    assert given_by_containers
    assert offered <= set(compose["services"]["web"]["environment"])
    for name in offered:
        assert compose["services"]["web"]["environment"][name].startswith(f"${{{name}:")


def test_compiled_code_outlives_a_container(compose: dict[str, Any]) -> None:
    """A worker that died is back in seconds only where it need not compile the matcher first."""
    (folder,) = re.findall(r"NUMBA_CACHE_DIR=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    kept = [mount.partition(":")[2] for mount in compose["services"]["worker"]["volumes"]]
    assert any(folder.startswith(f"{place}/") for place in kept)


def test_services_can_be_scaled_and_end_in_peace(compose: dict[str, Any]) -> None:
    assert all("container_name" not in service for service in compose["services"].values())
    assert all(not compose["services"][name].get("ports") for name in ("relay", "worker"))
    assert compose["services"]["migrate"]["restart"] == "no"
    minutes = compose["services"]["worker"]["stop_grace_period"]
    assert int(minutes.removesuffix("m")) * 60 > PATIENCE + LONGEST


def test_compose_itself_understands_the_file(tmp_path: Path) -> None:
    asked = ["docker", "compose", "version"]
    if which("docker") is None or subprocess.run(asked, check=False, capture_output=True).returncode:
        pytest.skip("there is no docker compose here to ask")
    secrets = subprocess.run(["/bin/sh", ROOT / ".ci/secrets"], check=True, capture_output=True, text=True)
    (tmp_path / "env").write_text(secrets.stdout)
    command = ["docker", "compose", "--env-file", str(tmp_path / "env"), "config", "--quiet"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_volumes_are_named(compose: dict[str, Any]) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    assert {mount.partition(":")[0] for mount in mounts} == set(compose["volumes"])


def test_only_variables_that_exist_are_set(compose: dict[str, Any]) -> None:
    given = set(compose["services"]["web"]["environment"])
    in_image = set(re.findall(r"\bHANDRAIL_[A-Z_]+(?==)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert given | in_image <= VARIABLES


def test_the_example_names_every_variable() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#?(HANDRAIL_[A-Z_]+)=", text, re.MULTILINE)) == VARIABLES


@pytest.mark.requirement("C54")
def test_freshly_made_secrets_are_accepted_and_differ() -> None:
    def made() -> dict[str, str]:
        printed = subprocess.run(
            ["/bin/sh", ROOT / ".ci/secrets"], check=True, capture_output=True, text=True
        ).stdout
        return dict(line.split("=", 1) for line in printed.splitlines() if not line.startswith("#"))

    first, second = made(), made()
    load({name: text for name, text in first.items() if name.startswith("HANDRAIL_")})
    assert all(first[name] != second[name] for name in first if name != "HANDRAIL_BASE_URL")


@pytest.mark.requirement("C60")
def test_every_installed_package_is_pinned_by_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        packages = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        assert packages
        assert all("==" in package and "--hash=sha256:" in package for package in packages), lock
    recipes = [line for name in ("Makefile", "Dockerfile") for line in (ROOT / name).read_text().splitlines()]
    installing = [line for line in recipes if re.search(r"pip (sync|install) ", line) and line[0] != "#"]
    assert len(installing) == 7
    assert all("--require-hashes" in line or "--no-deps" in line for line in installing)
