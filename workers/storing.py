"""What a run found, as suggestions to be stored: numbers, parts and reasons, sealed for their member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.suggestions import Drafted
from matching.candidates import shown
from matching.comfort import anticipate
from matching.inputs import EventInput, MemberInput
from matching.pace import Candidate, Role
from matching.pipeline import MemberResult, Proposal


def drafts_of(
    result: MemberResult,
    *,
    run: str,
    member: MemberInput,
    events: Mapping[str, EventInput],
    practice: str,
) -> list[Drafted]:
    """Return one member's suggestions; where nothing is right-sized, the last is a preparation step.

    ``practice``: which one, an id of `matching.rungs`.
    """
    drafts = [
        Drafted(
            run=run,
            member=member.id,
            occurrence=proposal.event,
            position=proposal.position,
            kind=str(proposal.role),
            body=_body(proposal, member, events[proposal.event]),
        )
        for proposal in result.proposals
    ]
    if result.preparation:
        body = {"practice": practice, "reasons": [{"code": "preparation", "data": {}}]}
        position = len(drafts) + 1
        drafts.append(
            Drafted(
                run=run,
                member=member.id,
                occurrence=None,
                position=position,
                kind=str(Role.PREPARATION),
                body=body,
            )
        )
    return drafts


def _body(proposal: Proposal, member: MemberInput, event: EventInput) -> dict[str, Any]:
    visits = member.visits.get(event.group, 0)
    found = anticipate(member.comfort, Candidate(id=event.id, situation=event.situation, visits=visits))
    return {
        "score": round(proposal.score, 4),
        "anticipated": round(proposal.anticipated, 1),
        "low": round(min(found.low, proposal.anticipated), 1),
        "high": round(max(found.high, proposal.anticipated), 1),
        "certainty": str(found.certainty),
        "reasons": [
            {"code": str(reason.code), "data": {"words": list(reason.words), "number": reason.number}}
            for reason in proposal.reasons
        ],
        "parts": {str(name): round(float(value), 4) for name, value in proposal.parts.items()},
    }


def outcome_of(result: MemberResult) -> dict[str, Any]:
    """Return the counts a run keeps: what was possible and what excluded the rest; no content."""
    return {
        "possible": result.possible,
        "excluded": shown(dict(result.excluded)),
        "proposals": len(result.proposals),
        "preparation": result.preparation,
    }
