"""Names of the stages of a matching run, in order; the page shows them as progress. Light."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a matching run is (stored as these words)."""

    LOADING = "loading"
    CANDIDATES = "candidates"
    SCORING = "scoring"
    RANKING = "ranking"
    EXPLAINING = "explaining"
    STORING = "storing"
