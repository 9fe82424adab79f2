"""The few kind sentences, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from domain.kind_words import Sentence

SENTENCES: Mapping[Sentence, Any] = {
    Sentence.GLAD: _l("I was glad you came."),
    Sentence.EASY: _l("It was easy to be there with you."),
    Sentence.LISTENED: _l("Thank you for listening."),
    Sentence.LAUGHED: _l("Thank you for the laugh."),
    Sentence.LEARNT: _l("I learnt something from you."),
}
