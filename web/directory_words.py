"""Words for professional support: what is offered, and how it works, as one would say it to a friend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from domain.models import Approach, Service, ServiceKind

KINDS: Mapping[ServiceKind, Any] = {
    ServiceKind.COUNSELLING: _l("One person to talk with"),
    ServiceKind.GROUP_THERAPY: _l("A guided group"),
    ServiceKind.SKILLS_TRAINING: _l("Practice with a trainer"),
    ServiceKind.SELF_HELP: _l("A course, or people who know it themselves"),
}
APPROACHES: Mapping[Approach, Any] = {
    Approach.GRADUAL_EXPOSURE: _l("In small steps"),
    Approach.COGNITIVE_RESTRUCTURING: _l("Looking at thoughts"),
    Approach.BEHAVIOURAL_ACTIVATION: _l("More of what does you good"),
}
#: What it is, and the name to ask for.
APPROACH_NOTES: Mapping[Approach, Any] = {
    Approach.GRADUAL_EXPOSURE: _l(
        "Going towards what is hard, a little at a time. Ask for “gradual exposure”."
    ),
    Approach.COGNITIVE_RESTRUCTURING: _l(
        "Seeing whether a worry fits what happens. Ask for “cognitive restructuring”."
    ),
    Approach.BEHAVIOURAL_ACTIVATION: _l(
        "Planning good things, then doing them. Ask for “behavioural activation”."
    ),
}


def card(service: Service) -> dict[str, Any]:
    """Return what the page says of a service."""
    where = [service.locality] if service.locality else []
    return {
        "id": service.id,
        "name": service.name,
        "kind": KINDS[ServiceKind(service.kind)],
        "about": service.about,
        "ways": [APPROACHES[Approach(each.approach)] for each in service.approaches],
        "where": [*where, _l("Online")] if service.online else where,
        "cost": service.cost,
        "begin": service.begin,
        "phone": service.phone,
        "url": service.url,
        "checked_at": service.checked_at,
    }
