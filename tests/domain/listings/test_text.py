from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.listings.text import TEXT_LIMIT, plain, web_address


@pytest.mark.requirement("C31")
@pytest.mark.parametrize(
    ("foreign", "clean"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br/>Two", "One\nTwo"),
        ("a < b, 1<2 & 3>2, I <3 tea", "a < b, 1<2 & 3>2, I <3 tea"),
        ("&lt;p&gt;Tea &amp;amp; cake&lt;/p&gt;", "Tea & cake"),
        ("Before<script>if (a<b) alert('</p>')</script>after", "Beforeafter"),
        ("Before<style>p{}<b>x</b></style>after", "Beforeafter"),
        ("Before<script>never closed", "Before"),
        ("Before<!-- <b>hidden</b> -->after<!-- open", "Beforeafter"),
        ("<img src=x onerror=alert(1)", ""),
        ("<scr<script>ipt>alert(1)</scr</script>ipt>", "ipt>"),
        ("<\u200bscript>a</\u200bscript>b <&#8203;script>c", "b"),
        ("tab\there\u00a0and\u202fthere\u2028next\x07\ufeff\u200b", "tab here and there\nnext"),
        ("कर\u094d\u200dष and 👩\u200d🚀", "कर\u094d\u200dष and 👩\u200d🚀"),
        ("cafe\u0301 \ud800", "café"),
        ("a\r\nb\rc\n\n\n\nd", "a\nb\nc\n\nd"),
    ],
)
def test_foreign_text_comes_out_plain(foreign: str, clean: str) -> None:
    assert plain(foreign, TEXT_LIMIT, lines=True) == clean


@pytest.mark.parametrize("value", [None, True, [], {}, float("nan"), 10**400])
def test_what_is_no_text_gives_nothing_that_breaks(value: object) -> None:
    assert len(plain(value)) <= 3


def test_long_text_is_cut_at_a_word() -> None:
    cut = plain("walk " * 2000, 100)
    assert len(cut) <= 100
    assert cut.endswith("walk…")


@pytest.mark.requirement("C31")
@given(st.text(alphabet=st.sampled_from(list("<>/!-&;ltgamp script\"'=\n\x00\u202e")), max_size=80))
def test_no_tag_is_left_in_any_text(foreign: str) -> None:
    clean = plain(foreign, TEXT_LIMIT, lines=True)
    assert not any(opening in clean for opening in ("<s", "<a", "</", "<!", "\x00", "\u202e"))


@pytest.mark.requirement("C37")
@pytest.mark.parametrize("piece", ["<a ", "<!--", "<script>", "</", "&amp;", "&lt;a ", "<![x"])
def test_repeated_openings_are_read_once(piece: str) -> None:
    assert len(plain(piece * 200_000, TEXT_LIMIT, lines=True)) <= TEXT_LIMIT


@pytest.mark.parametrize("address", ["https://x.org/a?b=1#c", "HTTP://x.org:8080", "https://[2001:db8::1]/"])
def test_web_addresses_are_kept(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.requirement("C31")
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//evil.example",
        "/relative",
        "https://",
        "ftp://x.org",
        "https://user:word@x.org",
        'https://x.org/"onmouseover=',
        "https://x.org/\r\nSet-Cookie: a",
        "https://x.org:99999",
        "https://[::1",
        "https://x.org/" + "a" * 600,
        "",
        None,
        7,
    ],
)
def test_other_addresses_are_left_out(address: object) -> None:
    assert web_address(address) is None
