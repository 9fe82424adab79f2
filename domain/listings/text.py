"""Foreign text to plain text: no markup, no control or hidden characters, bounded length."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urlsplit

TITLE_LIMIT = 200
TEXT_LIMIT = 4_000
URL_LIMIT = 600

#: Escaped markup inside markup is common in feeds; deeper nesting is not worth following.
_ROUNDS = 3
_BLOCKS = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "math"})
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:(?P<closing>/)?(?P<name>[A-Za-z][A-Za-z0-9]*)|[/!?])[^<>]*>?", re.DOTALL
)
_UNUSUAL = re.compile(r"[^\n\x20-\x7e]")
_JOINERS = "\u200c\u200d"  # they shape Indic and Arabic words and some emoji
_SPACES = re.compile(r"[ ]+")
_BREAKS = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{3,}")


def _unmarked(text: str) -> str:
    """Return what a reader would see; each character is looked at once, however broken the markup."""
    parts: list[str] = []
    silent, seen = "", 0
    for tag in _TAG.finditer(text):
        if not silent:
            parts.append(text[seen : tag.start()])
        seen = tag.end()
        name = (tag["name"] or "").lower()
        if name in _SILENT and not (silent and silent != name):
            silent = "" if tag["closing"] else name
        if name in _BLOCKS and not silent:
            parts.append("\n")
    parts.append("" if silent else text[seen:])
    return _UNUSUAL.sub(_usual, html.unescape("".join(parts)))


def _without_markup(text: str) -> str:
    """Hidden characters go before tags are looked for: they would part a tag's bracket from its name."""
    text = _UNUSUAL.sub(_usual, text)
    for _ in range(_ROUNDS):
        before, text = text, _unmarked(text)
        if text == before:
            break
    return _TAG.sub(" ", text)


def _usual(match: re.Match[str]) -> str:
    character = match.group()
    if character in "\u2028\u2029\x0b\x0c\x85":
        return "\n"
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return " "
    return "" if category.startswith("C") and character not in _JOINERS else character


def plain(value: object, limit: int = TITLE_LIMIT, *, lines: bool = False) -> str:
    """Return a value as plain text of at most ``limit`` characters; what is no text gives nothing.

    With ``lines`` paragraphs are kept, otherwise all is one line.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)[:limit] if abs(value) < 10**15 else ""
    if not isinstance(value, str):
        return ""
    # Cut first, generously: cleaning a megabyte to keep a paragraph would cost seconds.
    text = value[: limit * 8].replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _without_markup(text))
    text = _GAPS.sub("\n\n", _BREAKS.sub("\n", _SPACES.sub(" ", text))).strip()
    return _shortened(text if lines else " ".join(text.split()), limit)


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at_word, _, _ = kept.rpartition(" ")
    return (at_word if len(at_word) > limit // 2 else kept).rstrip() + "…"


def web_address(value: object) -> str | None:
    """Return a http or https address as it may stand in a link, or None."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= URL_LIMIT:
        return None
    address = value.strip()
    if any(
        character.isspace() or not character.isprintable() or character in "<>\"'`\\" for character in address
    ):
        return None
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
        return None
    return address
