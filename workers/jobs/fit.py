"""The fit: what people joined is learnt from anew, tried on the latest joins, and put in force if good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from domain import affinity_models, events, fits
from domain.database import reading, writing
from domain.fits import Fitted
from domain.models.affinity import MOST_BYTES
from matching.archive import to_npz, version_of
from matching.community import Community
from matching.trials import LEAST_PEOPLE, enough, fit_and_try
from workers.jobs.job import Job, Permanent
from workers.loading_community import load_community
from workers.runtime import Runtime

#: The lot by which newcomers are chosen for a trial: fixed, so that the same history gives the same model.
SEED = 0


def _prepare(runtime: Runtime, facts: Sequence[events.ModelFitDue]) -> Fitted | None:
    """Read, learn and try; nothing is written but that it has begun."""
    (fact,) = facts
    with writing(runtime.sessions) as session:
        if not fits.start(session, fact.fit, now=runtime.clock()):
            return None
    with reading(runtime.sessions) as session:
        community = load_community(session)
        before = affinity_models.in_force(session)
        standing = runtime.models.take(session).model
    sizes = _sizes(community)
    if not enough(community):
        return Fitted(sizes=sizes)
    found = fit_and_try(community, in_force=standing, seed=SEED)
    data = to_npz(found.model)
    if len(data) > MOST_BYTES:
        raise Permanent("the model is too large to be stored")
    return Fitted(
        sizes=sizes,
        measures=found.measures,
        version=version_of(data),
        data=data,
        worse=found.worse,
        against=before.number,
    )


def _sizes(community: Community) -> dict[str, int]:
    joins = community.people.joins
    return {
        "least": LEAST_PEOPLE,
        "members": len(community.people),
        "people": int((community.people.joined() > 0).sum()),
        "groups": len(community.groups.ids),
        "joins": int(joins.nnz),
    }


def _apply(session: Session, plan: Fitted | None, facts: Sequence[events.ModelFitDue], now: datetime) -> None:
    (fact,) = facts
    if plan is not None:
        fits.finish(session, fact.fit, plan, now=now)


def _give_up(session: Session, fact: events.ModelFitDue, error: BaseException, now: datetime) -> None:
    fits.give_up(session, fact.fit, failure=type(error).__name__, now=now)


FIT = Job(prepare=_prepare, apply=_apply, give_up=_give_up)
