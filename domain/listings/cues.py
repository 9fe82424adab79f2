"""Words in a listing that tell how hard a side of the situation is."""

from __future__ import annotations

import re

from matching.inputs import SituationFeature as F


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


#: Words that make a side of the situation harder than the kind of outing alone would.
RAISES: tuple[tuple[F, float, re.Pattern[str]], ...] = (
    (
        F.OBSERVED,
        0.8,
        _pattern(
            r"open mic|karaoke|auditions?|introduce yourself|show and tell|costume contest"
            r"|perform on stage"
        ),
    ),
    (
        F.OBSERVED,
        0.6,
        _pattern(
            r"crowd work|audience participation|interactive (?:show|performance|theatre|comedy)"
            r"|competition|contest|tournament"
        ),
    ),
    (
        F.TALKING,
        0.9,
        _pattern(
            r"ice ?breakers?|networking|mingl(?:e|ing)|meet (?:new|fellow|like-?minded)"
            r"|make (?:new )?friends|speed (?:dating|friending)|mixer|singles (?:night|event)"
            r"|conversation (?:circle|group|table)"
        ),
    ),
    (F.TALKING, 0.7, _pattern(r"discussion|share your|group work|role ?play|teams?")),
    (
        F.UNSTRUCTURED,
        0.8,
        _pattern(r"mingl(?:e|ing)|networking|mixer|reception|social hour|cocktail hour|after ?party"),
    ),
    (
        F.SENSORY_LOAD,
        0.9,
        _pattern(
            r"dj|djs|dance floor|fireworks|strobe|loud|high[- ]energy|electrifying|noise|rave"
            r"|crowds|amplified|heavy metal|punk"
        ),
    ),
    (
        F.HARD_TO_LEAVE,
        0.9,
        _pattern(
            r"cruise|boat (?:tour|ride)|ferry|bus tour|escape room|overnight|retreat|no re-?entry"
            r"|locked"
        ),
    ),
    (
        F.HARD_TO_LEAVE,
        0.8,
        _pattern(
            r"multi-course|\w+-course (?:dinner|meal|menu)|sit-?down dinner|tasting menu"
            r"|no late(?:comers| seating)"
        ),
    ),
    (
        F.ONE_TO_ONE,
        0.8,
        _pattern(
            r"one[- ](?:on|to)[- ]one|1[- ]?:[- ]?1|1[- ]on[- ]1|in pairs|speed (?:dating"
            r"|friending)|mentoring session"
        ),
    ),
)
#: Words that plainly make it easier: to which value, and from at most which usual one. A host on a stage
#: greets nobody, and hands-on corners give no task at a festival. A word above has spoken first.
LOWERS: tuple[tuple[F, float, float, re.Pattern[str]], ...] = (
    (
        F.HARD_TO_LEAVE,
        0.2,
        0.7,
        _pattern(
            r"drop[- ]?in|come and go|come as you please|self-guided|at your own pace|leave (?:at )?any ?time"
        ),
    ),
    (
        F.SENSORY_LOAD,
        0.3,
        0.8,
        _pattern(
            r"relaxed performance|sensory[- ]friendly|low[- ]sensory|silent (?:book|reading)"
            r"|quiet (?:hour|space|event|evening|activity)|calm(?:ing)? (?:space|atmosphere)"
        ),
    ),
    (
        F.NO_HOST,
        0.3,
        0.7,
        _pattern(
            r"hosted by|guided|tour guide|led by|facilitat(?:ed|or)s?|instructors?"
            r"|our (?:host|guide|volunteers)|welcoming (?:host|team)"
        ),
    ),
    (
        F.NO_ROLE,
        0.3,
        0.8,
        _pattern(
            r"hands-on|make your own|paint your own|help (?:us )?(?:plant|clean|build|pack)"
            r"|everyone gets a task"
        ),
    ),
    (F.TALKING, 0.2, 1.0, _pattern(r"no talking|no need to talk|silent (?:book|reading|walk)|in silence")),
)
FEW = (
    re.compile(
        r"\b(?:limited to|maximum(?: of)?|max\.?(?: of)?|up to|only"
        r"|groups? of)\s+(\d{1,3})\s+(?:people|persons|participants|guests|spots|seats|places"
        r"|attendees|members)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(\d{1,3})\s+(?:people|participants|guests|spots|seats|places|attendees)\s+(?:only"
        r"|max(?:imum)?|per (?:session|class|tour))\b",
        re.IGNORECASE,
    ),
)
DRY = _pattern(r"alcohol[- ]free|no alcohol|sober|dry (?:event|bar)|non-?alcoholic")
ABOUT_DRINK = _pattern(
    r"bars?|pubs?|public house|taverns?|taberna|brewer(?:y|ies)|brewing|taproom|beers?"
    r"|wines?|winery|cocktails?|whisk(?:e)?y|scotch|gin|rum|sake|mezcal|tequila"
    r"|distiller(?:y|ies)|speakeasy|happy hour|saloon|biergarten"
)
#: Names and things that hold such a word and are none.
NOT_DRINK = re.compile(
    r"distillery (?:historic )?district|(?:snack|juice|salad|coffee|espresso|candy"
    r"|chocolate|sushi|oyster|milk|sand) bar|bar(?:-|\s)?(?:mitzvah|association|exam)"
    r"|ginger beer|root beer|gin(?:ger|ny)\b|wine country",
    re.IGNORECASE,
)
SOME_DRINK = _pattern(
    r"drinks?|nightlife|comedy|gala|reception|lounge|licensed|champagne|prosecco|mimosas?|bottomless|toast|19\+"
    r"|18\+|21\+|night ?club|club"
)
DRY_PLACES = _pattern(
    r"library|museum|school|family/children|kids|children|camp|church|park|hospital|mosque|temple"
)
AGAIN = _pattern(
    r"every (?:week|month|day|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|other \w+)|weekly|biweekly|monthly|(?:mon|tues|wednes|thurs|fri|satur|sun)days"
    r"|each (?:week|month)|ongoing|series"
)
