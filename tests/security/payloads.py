"""Words that would run, call, or break out, were they not shown as words."""

from __future__ import annotations

from itertools import product

#: Every payload carries this; where it stands raw in HTML, something was let through.
MARK = "xq9z"
TAGS = (
    "<script>{0}</script>",
    "<ScRiPt src=//e.example/{0}>",
    "<img src=x onerror={0}>",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "<body onload={0}>",
    "<iframe src=javascript:{0}>",
    "<a href=javascript:{0}>x</a>",
    "<math><mtext><script>{0}</script>",
    "<details open ontoggle={0}>",
    "<style>{0}</style>",
    "<link rel=stylesheet href=//e.example/{0}>",
    "<base href=//e.example/{0}>",
    "<form action=//e.example/{0}>",
    "<input autofocus onfocus={0}>",
    "<video><source onerror={0}>",
    "<template><script>{0}</script></template>",
    "<meta http-equiv=refresh content='0;url=//e.example/{0}'>",
    "<object data=//e.example/{0}>",
    "<button formaction=javascript:{0}>",
)
LEADS = ("", '">', "'>", "</textarea>", "</title>", "</script>", "]]>", "-->", "{{7*7}}", "\u003e\u2028")
XSS = tuple(
    (lead.replace("{{{{", "{{").replace("}}}}", "}}") + tag.format(MARK))
    for lead, tag in product(LEADS, TAGS)
)
FORMULAS = tuple(
    f"{sign}{text}"
    for sign in ("=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠")
    for text in ("1+1", 'HYPERLINK("//e.example")', "cmd|' /C calc'!A0")
)
ICS = tuple(
    f"x{end}{line}"
    for end in ("\r\n", "\n", "\r", "\\n", "\u2028")
    for line in (
        "ATTENDEE:mailto:evil@e.example",
        "BEGIN:VALARM",
        "END:VEVENT",
        "METHOD:REQUEST",
        "URL:https://e.example",
        "X-PLANTED:1",
    )
)
