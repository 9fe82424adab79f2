"""The machine around the pages: methods, hosts, errors, and what lies in the queue server."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from handrail.embedded import queue_server
from tests.dump import everything
from tests.security import walk
from tests.security.actors import Actor
from tests.security.confidences import CANARY
from tests.security.site import Site, serve
from web.auth import Audience, audience
from web.logs import Lines
from workers import queue


@pytest.mark.requirement("C55")
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DEBUG"])
def test_no_page_knows_a_method_it_does_not_need(site: Site, method: str) -> None:
    for call in walk.calls(site.app, site.world, ("GET",)):
        answer = site.ask(Actor.SELF, call.path, method=method)
        assert answer.status_code in {400, 405}, (call, method)
        assert "Cookie" not in answer.get_data(as_text=True)


@pytest.mark.requirement("C55")
def test_nothing_is_served_for_finding_faults(site: Site) -> None:
    assert not site.app.debug
    assert not site.app.testing
    assert not site.app.config.get("PROPAGATE_EXCEPTIONS")


@pytest.mark.requirement("C57")
def test_a_failure_of_ours_is_a_calm_page_with_a_number(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    @audience(Audience.ANYONE)
    def broken() -> str:
        raise RuntimeError("zqinsidetheerrorqz")

    monkeypatch.setitem(site.app.view_functions, "pages.about", broken)
    for actor in (Actor.ANONYMOUS, Actor.SELF, Actor.ADMIN):
        answer = site.ask(actor, "/about")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert 'class="reference"' in page
        assert not CANARY.search(page)
        assert "RuntimeError" not in page
        assert "Traceback" not in page


@pytest.mark.requirement("C58")
def test_a_page_whose_rights_cannot_be_told_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("domain.policies.check_audience", lost)
    for path in ("/account/", "/admin/", "/suggestions/"):
        assert site.ask(Actor.ADMIN, path).status_code == 500


@pytest.mark.requirement("C58")
def test_limits_that_cannot_be_counted_refuse(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_arguments: object, **_facts: object) -> bool:
        raise RuntimeError

    monkeypatch.setattr("domain.tries.too_many", lost)
    answer = site.ask(Actor.ANONYMOUS, "/login", method="POST", data={"email": Actor.SELF.email})
    assert answer.status_code == 500


@pytest.mark.requirement("C56")
def test_no_page_answers_to_another_host(site: Site) -> None:
    for host in (
        "http://evil.example",
        "http://localhost.evil.example:8000",
        "http://evil.example@localhost",
    ):
        for path in ("/", "/login", "/reset", "/help"):
            answer = site.ask(Actor.ANONYMOUS, path, base_url=host)
            if "@" not in host:
                assert answer.status_code == 400
            assert b"evil.example" not in answer.get_data()


@pytest.mark.requirement("C40")
@pytest.mark.parametrize("as_json", [True, False])
def test_a_log_record_is_one_line(as_json: bool) -> None:
    record = logging.makeLogRecord({"msg": "request", "facts": {"route": "a\r\nb\x1b[2J\u2028c"}})
    line = Lines(as_json=as_json).format(record)
    assert len(line.splitlines()) == 1
    assert line.isprintable()


@pytest.mark.requirement("C53")
def test_the_counting_server_names_nobody(site: Site, tmp_path: Path) -> None:
    """Every page asked for by the member, and sign-ins with their address: counts under marks, no more."""
    folder = tmp_path / "counted"
    folder.mkdir()
    # Counts are kept in a database of their own beside the queue's.
    with queue_server(tmp_path / "queue") as url, queue.connect(f"{url}?db=1") as client:
        counted = serve(site.town, folder, redis_url=url)
        for path in ("/login", "/reset", "/confirm", "/register"):
            counted.ask(Actor.ANONYMOUS, path, method="POST", data={"email": Actor.SELF.email})
        for call in walk.calls(counted.app, counted.world, ("GET",)):
            counted.ask(Actor.SELF, call.path)
        held = everything(client)
    assert held, "the pages do count there"
    assert CANARY.findall(held.decode(errors="replace")) == []
    assert counted.world.accounts[Actor.SELF].encode() not in held


@pytest.mark.requirement("C54")
def test_secrets_are_in_no_repr_and_no_page(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    config = serve(site.town, folder).app.extensions["handrail_config"]
    assert config.secret_key not in repr(config)
    for call in walk.calls(site.app, site.world, ("GET",)):
        assert config.secret_key.encode() not in site.ask(Actor.ADMIN, call.path).get_data()
