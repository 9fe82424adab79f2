"""What the files beside the code promise: times to answer and to fix, and a list of everything inside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_house import ROOT


@pytest.mark.requirement("C62")
def test_the_security_file_says_by_when() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE)
    times = {what.partition(":")[0]: when for what, when in rows}
    assert times["an answer from a person"] == "48 hours"
    assert times["a fix for a critical fault"] == "7 days"
    assert times["a fix for a high one"] == "30 days"


@pytest.fixture(scope="module")
def bom(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("sbom") / "handrail.cdx.json"
    subprocess.run([sys.executable, str(ROOT / ".ci" / "sbom"), str(file)], check=True, cwd=ROOT)
    made: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return made


def locked() -> dict[str, str]:
    text = Path(ROOT / "requirements" / "base.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.requirement("C61")
def test_everything_inside_is_on_the_list_with_version_hash_and_licence(bom: dict[str, Any]) -> None:
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert bom["metadata"]["component"]["name"] == "handrail"
    assert bom["metadata"]["component"]["version"] == version("handrail")
    listed = {each["name"]: each for each in bom["components"]}
    assert {name: each["version"] for name, each in listed.items()} == locked()
    for name, each in listed.items():
        assert each["purl"].startswith(f"pkg:pypi/{name}@"), name
        assert each["hashes"], name
    unlicensed = {name for name, each in listed.items() if not each.get("licenses")}
    assert unlicensed <= {name for name in locked() if not _is_here(name)}


@pytest.mark.requirement("C61")
def test_who_needs_what_is_on_the_list_too(bom: dict[str, Any]) -> None:
    needs = {each["ref"]: each.get("dependsOn", []) for each in bom["dependencies"]}
    assert len(needs[bom["metadata"]["component"]["bom-ref"]]) > 25
    assert any(each.startswith("sqlalchemy") for each in needs["flask-sqlalchemy"])


def _is_here(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True
