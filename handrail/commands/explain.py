"""`handrail explain RUN`: replay a stored matching run and say why it proposed what it did."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from domain import audit
from domain.audit import Action
from domain.database import writing
from handrail.config import load

if TYPE_CHECKING:
    from workers.replay import Replay

#: Who was told something else, in words.
_CHANGED = {
    "member": "the member's own facts",
    "events": "the events within reach",
    "together": "who was matched in the same pass, or what they said",
}


@click.command()
@click.argument("run")
@click.option("--why", required=True, help="Why you look; it stands in the audit log.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(run: str, why: str, *, as_json: bool) -> None:
    """Replay RUN, a matching run's id, and say why each event was proposed or not.

    Shown are ids, parts of scores and the names of reasons: nothing that anybody wrote, and no level of
    distress. Looking is noted in the audit log.
    """
    from workers.replay import NotReplayable, replay  # noqa: PLC0415  the numerics load only when asked for
    from workers.runtime import open_runtime  # noqa: PLC0415

    runtime = open_runtime(load(os.environ).for_workers())
    try:
        found = replay(runtime, run)
        with writing(runtime.sessions) as session:
            audit.record(
                session,
                actor=None,
                action=Action.RUN_EXPLAINED,
                about=f"run:{run}",
                reason=why,
                now=datetime.now(UTC),
            )
    except NotReplayable as problem:
        raise click.ClickException(str(problem)) from problem
    finally:
        runtime.close()
    facts = _facts(found)
    click.echo(json.dumps(facts) if as_json else _text(facts))


def _facts(replay: Replay) -> dict[str, Any]:
    same = {name: getattr(replay.same, name) for name in _CHANGED}
    return {
        "run": replay.run,
        "member": replay.member,
        "at": replay.at.isoformat(),
        "settings": replay.settings,
        "model": replay.model,
        "matched_together": replay.company,
        "same_inputs": same,
        "same_result": replay.agrees,
        "stored": [
            {"occurrence": each.occurrence, "role": each.kind, "score": each.score} for each in replay.stored
        ],
        "proposed": [
            {
                "occurrence": each.event,
                "role": str(each.role),
                "score": round(each.score, 4),
                "parts": {str(part): round(value, 4) for part, value in each.parts.items()},
                "reasons": [str(reason.code) for reason in each.reasons],
            }
            for each in replay.found.result.proposals
        ],
        "possible": {occurrence: round(score, 4) for occurrence, score in replay.found.left.items()},
        "excluded": {occurrence: _open(reason) for occurrence, reason in replay.found.excluded.items()},
    }


def _open(reason: str) -> str:
    """Return the reason; who is kept apart from whom is told to nobody, as on the pages."""
    return "not_open" if reason in ("apart", "places", "newcomers") else str(reason)


def _text(facts: dict[str, Any]) -> str:
    lines = [
        f"Run {facts['run']} of member {facts['member']}, {facts['at']}",
        f"Settings {facts['settings']}, model {facts['model']}, {facts['matched_together']} matched together",
        _verdict(facts),
        "",
        "Proposed by the replay:",
    ]
    for each in facts["proposed"]:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in each["parts"].items())
        lines.append(f"  {each['occurrence']}  {each['role']}  {each['score']:.4f}  ({parts})")
        lines.append(f"    because: {', '.join(each['reasons']) or 'nothing in particular'}")
    if not facts["proposed"]:
        lines.append("  nothing")
    lines += ["", "Possible, and not among the best, or its places went to others:"]
    lines += [f"  {name}  {score:.4f}" for name, score in facts["possible"].items()] or ["  nothing"]
    lines += ["", "Not possible:"]
    lines += [f"  {name}  {reason}" for name, reason in facts["excluded"].items()] or ["  nothing"]
    return "\n".join(lines)


def _verdict(facts: dict[str, Any]) -> str:
    changed = [words for name, words in _CHANGED.items() if not facts["same_inputs"][name]]
    result = f"It finds {'what' if facts['same_result'] else 'something else than'} was stored."
    if not changed:
        return f"Everything it was told is the same. {result}"
    return f"Changed since: {'; '.join(changed)}. {result}"
