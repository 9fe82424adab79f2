"""Ways of writing that let words run, leak, or slip past what decides; each has its few places."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import pytest

from tests.architecture.test_house import PACKAGES, ROOT, sources

PEOPLE = {"Member", "Account", "Membership", "Block", "Rsvp"}
Check = Callable[[ast.AST], bool]


def name_of(node: ast.AST) -> str:
    """The last part of what is called or named."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls_one_of(*names: str) -> Check:
    return lambda node: isinstance(node, ast.Call) and name_of(node.func) in names


def found(check: Check, *folders: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in sources(*folders)
        if any(check(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }


@pytest.mark.requirement("C33")
def test_html_is_made_of_words_in_three_places_alone() -> None:
    """One cleans organizers' prose, one writes structured data, one marks our own words as Jinja would."""
    places = {"web/prose.py", "web/views/events.py", "web/language.py"}
    assert found(calls_one_of("Markup"), *PACKAGES) <= places
    assert found(calls_one_of("render_template_string", "from_string"), *PACKAGES) == set()


@pytest.mark.requirement("C33")
def test_no_template_switches_escaping_off() -> None:
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false|\|\s*tojson\s*\|\s*safe")
    templates = [*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "workers").rglob("*.html")]
    assert len(templates) > 50
    assert [str(path) for path in templates if unsafe.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.requirement("C34")
def test_sql_is_never_put_together_from_words() -> None:
    def put_together(node: ast.AST) -> bool:
        built = isinstance(node, ast.Call) and name_of(node.func) in {"text", "execute", "exec_driver_sql"}
        if not built or not node.args:  # type: ignore[attr-defined]
            return False
        return isinstance(node.args[0], ast.JoinedStr | ast.BinOp)  # type: ignore[attr-defined]

    assert found(put_together, "web", "workers") == set()


@pytest.mark.requirement("C38", "C58")
def test_nothing_runs_or_reads_what_it_should_not() -> None:
    assert found(calls_one_of("eval", "exec", "loads_pickle", "system", "popen"), *PACKAGES) == set()
    imports = {
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for each in (getattr(node, "names", []) if isinstance(node, ast.Import | ast.ImportFrom) else [])
        if {each.name.split(".")[0], str(getattr(node, "module", "")).split(".")[0]}
        & {"pickle", "marshal", "shelve", "requests", "httpx", "aiohttp"}
    }
    assert imports == set()


@pytest.mark.requirement("C07")
def test_pages_ask_the_domain_for_other_people() -> None:
    """A view selects no members or accounts itself: what may be seen of them is decided below."""

    def selects_people(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and name_of(node.func) in {"select", "query"}
            and any(
                name_of(each) in {"Member", "Account", "Membership", "Block", "Rsvp"} for each in node.args
            )
        )

    assert found(selects_people, "web") == set()


@pytest.mark.requirement("C39")
def test_mail_is_made_by_the_strict_library_alone() -> None:
    def legacy(node: ast.AST) -> bool:
        module = getattr(node, "module", "") or ""
        return isinstance(node, ast.ImportFrom) and module.startswith(("email.mime", "email.header"))

    assert found(legacy, *PACKAGES) == set()


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("Markup(x)", calls_one_of("Markup")),
        ("flask.render_template_string(x)", calls_one_of("render_template_string")),
        ("eval(x)", calls_one_of("eval")),
    ],
)
def test_a_danger_is_recognised(source: str, check: Check) -> None:
    assert any(check(node) for node in ast.walk(ast.parse(source)))
