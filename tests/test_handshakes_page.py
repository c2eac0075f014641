"""docs/handshakes.md is about what the program draws today: made anew by ``make docs`` when this fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hellodone.cli.demo_options import KEY_EXCHANGES
from hellodone.cli.scenarios import SCENARIOS, Named

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "handshakes.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"\]\(([^)]*\.svg)\)", PAGE)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.options or "plain")
def test_every_scenario_has_its_row(scenario: Named) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{scenario.command}` |")]
    *_, picture, peers = [field.strip() for field in row.strip("|").split("|")]
    assert picture.startswith("[picture](")
    about_a_ca = "--crl" in scenario.options or "query" in scenario.options or "missing-staple" in scenario.options
    assert bool(re.search(r"\b[CS] \w", peers)) is not about_a_ca


def test_every_picture_is_there_and_none_is_left_over() -> None:
    assert len(PICTURES) > 100
    assert {DOCS / name for name in PICTURES} == set((DOCS / "handshakes").glob("*.svg"))


@pytest.mark.parametrize("exchange", KEY_EXCHANGES)
def test_every_key_exchange_names_peers_in_its_branches(exchange: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {exchange} |")]
    fields = [field.strip() for field in row.strip("|").split("|")][1:]
    drawn = [field for field in fields if not field.isdigit()]
    assert len(drawn) >= 6
    assert all(field.startswith("[✓](") and re.search(r"\b[CS] \w", field) for field in drawn[:-1])
