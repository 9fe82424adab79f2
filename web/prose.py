"""Small Markdown, as organizers write it, to safe HTML."""

from __future__ import annotations

from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a"}
SCHEMES = {"https", "mailto"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "heading", "lheading"]
)


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Keep a link that names its scheme; ``//example.com`` would lead away without looking so."""
    if (tag, attribute) != ("a", "href"):
        return value
    return value if urlsplit(value.strip()).scheme in SCHEMES else None


def prose(text: str) -> Markup:
    """Return the text as HTML in which nothing but plain formatting and links is left."""
    html = nh3.clean(
        _MARKDOWN.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        attribute_filter=_kept,
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(html)  # noqa: S704  (cleaned on the line above)
