"""No file is named by a request: nothing is uploaded, and no address leads out of its folder."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.test_dangers import calls_one_of, found, name_of
from tests.architecture.test_house import ROOT
from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import Site

#: Ways out of a folder, as they are and as they come through one or two layers that decode.
CLIMBS = [
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd", "..\\..\\..\\etc\\passwd", "..%5c..%5cetc%5cpasswd",
    "..%252f..%252fetc%252fpasswd", "%2fetc%2fpasswd", "//etc/passwd", "file:///etc/passwd",
    "..%c0%af..%c0%afetc%c0%afpasswd", "tokens.css%00.html", "~/.ssh/id_rsa", "../templates/base.html",
    "../app.py", "../../pyproject.toml", ".%2e/app.py", "..;/app.py", "C:\\windows\\win.ini",
]  # fmt: skip
INSIDE = (b"root:", b"[project]", b"create_app", b"{% block", b"PRIVATE KEY")


@pytest.mark.requirement("C41")
def test_nothing_is_uploaded() -> None:
    """No page takes a file, so no file name of anybody's is ever used."""
    uploads = calls_one_of("FileField", "MultipleFileField", "secure_filename")
    assert found(uploads, "web", "domain") == set()
    assert found(lambda node: isinstance(node, ast.Attribute) and name_of(node) == "files", "web") == set()
    templates = [each.read_text(encoding="utf-8") for each in (ROOT / "web" / "templates").rglob("*.html")]
    assert not [each for each in templates if 'type="file"' in each or "multipart/form-data" in each]


@pytest.mark.requirement("C41")
def test_one_view_sends_a_file_and_its_name_comes_from_the_database() -> None:
    sends = calls_one_of("send_file", "send_from_directory", "safe_join")
    assert found(sends, "web") == {"web/views/privacy_tools.py"}
    # The demo's own mail folder, listed as a whole.
    assert found(calls_one_of("open", "read_text", "read_bytes"), "web/views") <= {"web/views/dev.py"}


@pytest.mark.requirement("C41")
@pytest.mark.parametrize("actor", [Actor.ANONYMOUS, Actor.SELF, Actor.ADMIN])
def test_no_address_climbs_out(site: Site, actor: Actor) -> None:
    asked = 0
    for rule, _method in walk.rules(site.app, ("GET",)):
        for name in rule.arguments:
            path = rule.rule
            for each in rule.arguments - {name}:
                path = _filled(path, each, site.world.things.get(each, "x"))
            for climb in CLIMBS:
                answer = site.ask(actor, _filled(path, name, climb))
                asked += 1
                assert answer.status_code < 500, (rule.rule, climb)
                assert not [each for each in INSIDE if each in answer.get_data()], (rule.rule, climb)
    assert asked > 500


def _filled(path: str, name: str, value: str) -> str:
    """The address with one argument put in as it is, without the escaping a link would get."""
    before, _, rest = path.partition(f"<{name}>")
    if not rest and not path.endswith(f"<{name}>"):
        start = path.rfind("<", 0, path.find(f"{name}>"))
        before, rest = path[:start], path[path.find(f"{name}>") + len(name) + 1 :]
    return before + value + rest
