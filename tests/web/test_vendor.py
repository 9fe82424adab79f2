"""The files of others are exactly those their VENDOR.txt names."""

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "web" / "static" / "vendor"


def listed() -> dict[str, str]:
    found = re.findall(r"^([0-9a-f]{64})  (\S+)$", (VENDOR / "VENDOR.txt").read_text(), flags=re.MULTILINE)
    return {path: digest for digest, path in found}


def shipped() -> dict[str, str]:
    files = (path for path in VENDOR.rglob("*") if path.is_file() and path.name != "VENDOR.txt")
    return {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.mark.requirement("C26")
def test_every_vendored_file_is_listed_and_unchanged() -> None:
    assert shipped() == listed()
    assert len(listed()) == 2


def test_every_package_names_its_version_and_licence() -> None:
    text = (VENDOR / "VENDOR.txt").read_text()
    for field in ("name", "version", "licence"):
        assert len(re.findall(rf"^{field}: \S+$", text, flags=re.MULTILINE)) == len(listed())


@pytest.mark.requirement("C26")
def test_nothing_vendored_asks_another_origin_for_a_file() -> None:
    styles = "".join(path.read_text() for path in VENDOR.rglob("*.css"))
    assert not re.search(r"url\([\"']?(https?:)?//", styles)
    assert "@import" not in styles
