"""The dashboard and the alerts ask for figures that are there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import events, outbox
from tests.web.conftest import ORIGIN

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "monitoring"


def asked() -> dict[str, str]:
    """Every expression, by where it stands."""
    board: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    panels = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in board["panels"]
        for target in panel["targets"]
    }
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    return panels | {rule["alert"]: rule["expr"] for rule in rules}


def test_every_figure_asked_for_is_offered(client: FlaskClient, rows: Session) -> None:
    outbox.record(rows, events.RsvpChanged(occurrence="o", member="m"))
    rows.commit()
    client.get("/help", base_url=ORIGIN)
    text = client.get("/metrics", base_url=ORIGIN).get_data(as_text=True)
    offered = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    offered |= {f"{name}_bucket" for name in offered}
    for place, expression in asked().items():
        for name in re.findall(r"handrail_\w+", expression):
            assert name in offered, f"{place} asks for {name}"


def test_the_panels_do_not_cover_each_other() -> None:
    board = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    places = [panel["gridPos"] for panel in board["panels"]]
    taken = [(x, place["y"]) for place in places for x in range(place["x"], place["x"] + place["w"])]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_every_alert_says_what_is_so() -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in rules)
