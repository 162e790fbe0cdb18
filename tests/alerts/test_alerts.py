"""Alerts: promtool runs their tests, and what they ask for exists."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from blogctl import checkout

HERE = Path(__file__).parent
RULES = sorted((checkout.ROOT / "k8s").rglob("alerts.yaml"))
TESTS = sorted(HERE.glob("*.yaml"))


def alerts(path: Path) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(path.read_text("utf-8"))["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_they_fire_when_they_should_and_at_no_other_time(path: Path) -> None:
    if not shutil.which("promtool"):
        pytest.skip("needs promtool on PATH (it comes with Prometheus)")

    done = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_each_is_seen_to_fire_and_to_be_silent() -> None:
    seen: dict[str, set[bool]] = {}
    for path in TESTS:
        for case in yaml.safe_load(path.read_text("utf-8"))["tests"]:
            for tried in case["alert_rule_test"]:
                seen.setdefault(tried["alertname"], set()).add("exp_alerts" in tried)

    assert seen == {alert["alert"]: {True, False} for path in RULES for alert in alerts(path)}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.parent.name)
def test_the_metrics_that_they_ask_for_are_ours(path: Path) -> None:
    sources = "".join(source.read_text("utf-8") for source in (checkout.ROOT / "services").glob("*/src/**/*.py"))
    asked = {name for alert in alerts(path) for name in re.findall(r"\b(?:blog|http)_\w+", alert["expr"])}

    assert asked
    assert [name for name in asked if f'"{name}"' not in sources] == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.parent.name)
def test_the_page_that_they_lead_to_explains_them(path: Path) -> None:
    for alert in alerts(path):
        page = checkout.ROOT / alert["annotations"]["runbook"]
        for language in (page, page.parents[1] / "ko" / page.name):
            assert f"`{alert['alert']}`" in language.read_text("utf-8")
