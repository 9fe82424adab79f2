"""Kinds of outing, told from the words of a listing, and what each usually asks of people.

The numbers are judgements, each the demanding end of what is usual: a listing easier than assumed is a
pleasant surprise, a harder one is a broken promise. An organizer's own word always replaces them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matching.inputs import SituationFeature as F

#: Where nothing is known: the more demanding side of the middle.
UNSURE = 0.6

#: The order in which a kind's numbers are written below.
_ORDER = (
    F.GROUP_SIZE,
    F.UNSTRUCTURED,
    F.OBSERVED,
    F.TALKING,
    F.HARD_TO_LEAVE,
    F.SENSORY_LOAD,
    F.NO_HOST,
    F.NO_ROLE,
)
#: Public listings seldom mean a handful of people: thirty and more.
_NOTHING_KNOWN = (0.9, UNSURE, UNSURE, UNSURE, UNSURE, UNSURE, 0.7, 0.8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of outing."""

    name: str
    words: re.Pattern[str]
    usual: dict[F, float]  #: 0-1, 1 = harder on average


def _kind(name: str, words: str, *usual: float) -> Kind:
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    return Kind(name=name, words=pattern, usual=dict(zip(_ORDER, usual, strict=True)))


#: size, unstructured, observed, talking, hard to leave, senses, no host, no role
KINDS: tuple[Kind, ...] = (
    _kind(
        "audience",
        r"live performances?|concerts?|theatre|theater|opera|ballet|recitals?|orchestra"
        r"|choirs?|symphony|musicals?|dance performance|cabaret|circus|music|band|jazz"
        r"|screenings?|shows?|showcase|gala|puppets?",
        *(1.0, 0.2, 0.1, 0.2, 0.7, 0.8, 0.8, 1.0),
    ),
    _kind("film", r"films?|movies?|cinema|screenings?", *(1.0, 0.1, 0.0, 0.1, 0.6, 0.6, 0.9, 1.0)),
    _kind(
        "comedy",
        r"comedy|comedians?|stand-?up|improv|roasts?|burlesque|drag",
        *(1.0, 0.2, 0.4, 0.3, 0.8, 0.8, 0.8, 1.0),
    ),
    _kind(
        "visit",
        r"arts/exhibits|exhibits?|exhibitions?|museums?|galler(?:y|ies)|installations?"
        r"|pop-up exhibit|open house|doors open|historic site|library visit",
        *(0.8, 0.6, 0.1, 0.2, 0.2, 0.4, 0.8, 1.0),
    ),
    _kind(
        "workshop",
        r"workshops?|class(?:es)?|lessons?|courses?|masterclass(?:es)?|hands-on|paint night"
        r"|crafts?|crafting|knit(?:ting)?|sewing|pottery|drawing|intro(?:duction)? to|learn to"
        r"|sip and paint|bootcamp",
        *(0.8, 0.2, 0.4, 0.5, 0.6, 0.4, 0.3, 0.3),
    ),
    _kind(
        "guided walk",
        r"walks?|walking|tours?|hikes?|hiking|stroll|birding|bird ?watching|nature walk",
        *(0.8, 0.3, 0.1, 0.4, 0.5, 0.4, 0.3, 0.8),
    ),
    _kind(
        "helping",
        r"tree planting|planting|stewardship|clean-?up|litter pick|volunteer(?:s|ing)?"
        r"|food bank|gardening day|community garden|sorting",
        *(0.8, 0.2, 0.2, 0.5, 0.4, 0.4, 0.4, 0.2),
    ),
    _kind(
        "drop-in errand",
        r"environment days?|drop-?off|blood drive|repair caf[eé]|info(?:rmation)? (?:session"
        r"|booth)|swap",
        *(0.8, 0.4, 0.1, 0.4, 0.2, 0.5, 0.6, 0.8),
    ),
    _kind(
        "festival",
        r"festivals?|fest|parades?|carnival|street festival|fair|fun fair|celebrations?"
        r"|block party|convention|consumer show/convention|expo|public square|picnic"
        r"|canada day|jamboree",
        *(1.0, 0.8, 0.1, 0.3, 0.2, 0.9, 1.0, 1.0),
    ),
    _kind(
        "market",
        r"(?:farmers?|flea|night|holiday|christmas|artisan|makers?|craft)['’]? ?markets?"
        r"|market day|bazaar|yard sale|book sale|plant sale",
        *(1.0, 0.6, 0.0, 0.3, 0.1, 0.7, 1.0, 1.0),
    ),
    _kind(
        "talk",
        r"talks?|lectures?|panel|seminars?|seminars/workshops|author|readings?|symposium"
        r"|conference|summit|keynote|webinar|q ?& ?a|book launch|speaker",
        *(1.0, 0.3, 0.3, 0.3, 0.6, 0.4, 0.7, 1.0),
    ),
    _kind(
        "conversation",
        r"book club|discussion|conversation|circle|support group|peer support"
        r"|coffee (?:morning|chat)|meet-?up|language exchange|consultation|town hall"
        r"|open house meeting|sharing circle|storytelling",
        *(0.7, 0.6, 0.6, 0.9, 0.6, 0.3, 0.4, 0.8),
    ),
    _kind(
        "meal",
        r"food/culinary|dinner|brunch|lunch|breakfast|supper|tastings?|high tea|afternoon tea"
        r"|banquet|potluck|feast|barbecue|bbq|dim sum|restaurant",
        *(0.8, 0.7, 0.3, 0.8, 0.7, 0.6, 0.6, 1.0),
    ),
    _kind(
        "games",
        r"trivia|quiz|board ?games?|games? night|gaming|chess|bingo|cards|tournament|puzzles?"
        r"|escape room|scavenger hunt|dungeons",
        *(0.8, 0.3, 0.5, 0.8, 0.6, 0.6, 0.5, 0.4),
    ),
    _kind(
        "party",
        r"part(?:y|ies)|nightlife|club night|dance night|mixer|networking|social|singles"
        r"|speed dating|speed friending|mingle|soir[eé]e|rave|reception|happy hour"
        r"|icebreakers?|meet new friends",
        *(1.0, 0.9, 0.5, 0.9, 0.5, 0.9, 0.8, 1.0),
    ),
    _kind(
        "dancing",
        r"dancing|salsa|tango|swing|line dance|square dancing|ceilidh|dance floor"
        r"|latin nights?|bachata",
        *(1.0, 0.4, 0.7, 0.6, 0.5, 0.8, 0.6, 0.4),
    ),
    _kind(
        "exercise",
        r"yoga|pilates|tai chi|fitness|zumba|workout|meditation|stretch|aerobics|sports?|swim"
        r"|skate|skating|pickleball|basketball|soccer|football|tennis|badminton|volleyball"
        r"|dragon boat",
        *(0.8, 0.2, 0.4, 0.3, 0.5, 0.5, 0.4, 0.4),
    ),
    _kind(
        "race",
        r"running|run|5k|10k|marathon|race|ride|cycling|walkathon|challenge",
        *(1.0, 0.3, 0.4, 0.3, 0.5, 0.8, 0.7, 0.5),
    ),
    _kind(
        "taking part on stage",
        r"open mic|karaoke|auditions?|slam|jam session|story slam|sing-?along|choir rehearsal"
        r"|show and tell",
        *(1.0, 0.4, 0.8, 0.6, 0.6, 0.8, 0.6, 0.7),
    ),
    _kind("camp", r"camps?|retreats?", *(0.9, 0.3, 0.5, 0.8, 0.9, 0.7, 0.3, 0.5)),
)


#: Sides that keep the harder word, wherever it stands: being looked at and noise cannot be prepared for.
_CAREFUL = frozenset({F.OBSERVED, F.SENSORY_LOAD})


def kinds_in(text: str) -> tuple[Kind, ...]:
    """Return the kinds a text names."""
    return tuple(kind for kind in KINDS if kind.words.search(text))


def usual_of(title: str, keywords: tuple[str, ...], text: str) -> dict[F, float]:
    """Return what an outing usually asks: the most demanding of the kinds its title names.

    Where the title names none the keywords count, and then the text; where nothing is told, what is assumed
    of the unknown. A venue's name says where, not what, and is not asked.
    """
    by_title, by_keyword = kinds_in(title), kinds_in(" | ".join(keywords))
    kinds = by_title or by_keyword or kinds_in(text)
    if not kinds:
        return dict(zip(_ORDER, _NOTHING_KNOWN, strict=True))
    usual = {feature: max(kind.usual[feature] for kind in kinds) for feature in _ORDER}
    for feature in _CAREFUL:
        usual[feature] = max([usual[feature], *(kind.usual[feature] for kind in by_keyword)])
    return usual
