"""The dashboard, the alert rules and the page about metrics name what there is, and all of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

import config.asgi  # noqa: F401 - whatever a server measures is registered
from operations import gauges
from tests.nursery import ROOT

pytestmark = pytest.mark.usefixtures("committed")

NAME = re.compile(r"\brollcall_[a-z_]+")
DASHBOARD = json.loads((ROOT / "deploy/grafana/rollcall.json").read_text())
RULES = yaml.safe_load((ROOT / "deploy/prometheus/rollcall.rules.yml").read_text())
PAGE = (ROOT / "docs/metrics.md").read_text()
_ENDS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def exposed() -> dict[str, tuple[str, ...]]:
    """Every metric by the name that the page has for it, and the names that queries may use."""
    known = text_string_to_metric_families(gauges.of_database().decode())
    families = [*REGISTRY.collect(), *known]
    ours = [family for family in families if family.name.startswith("rollcall_")]
    return {
        family.name + ("_total" if family.type == "counter" else ""): tuple(
            family.name + end for end in _ENDS[family.type]
        )
        for family in ours
    }


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (rule["expr"] for rule in rules())


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def test_every_metric_that_is_asked_for_is_there() -> None:
    there = {name for names in exposed().values() for name in names}
    assert there
    for expression in expressions():
        asked = set(NAME.findall(expression))
        assert asked
        assert asked <= there, expression


def test_every_metric_is_explained_and_nothing_else_is() -> None:
    explained = re.findall(r"^\| `(rollcall_[a-z_]+)` \|", PAGE, re.MULTILINE)
    assert sorted(explained) == sorted(exposed())


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for panel in DASHBOARD["panels"] for name in NAME.findall(json.dumps(panel))}
    for metric, names in exposed().items():
        assert shown & set(names), metric


def test_panels_lie_beside_each_other_and_alerts_say_what_to_do() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["action"].endswith(".")
