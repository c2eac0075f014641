"""Every row can be run: each contestant exists and does its work. What takes seconds a turn is in test_apart."""

from __future__ import annotations

import pytest
from bench.contest import Result
from bench.measure import Spread
from bench.report import table
from bench.rows import ROWS, Row

SHORT = [row for row in ROWS if row.rounds is None]


@pytest.mark.parametrize("row", SHORT, ids=lambda row: row.name)
def test_all_contestants_take_their_turn(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.measure.TURN", 0)
    for name in (row.contestant, *(against.opponent for against in row.against)):
        assert row.sampler(name)() >= 0


def test_a_note_stands_below_its_row() -> None:
    row = Row("held", "many held", lambda _: lambda: 1.0, ROWS[-1].against, note=lambda: "asked 9, held 3")
    spread = Spread(1.0, 1.0, 1.0)
    lines = table([Result(row, row.against[0], spread, spread, spread, rounds=2, seconds=1.0)]).splitlines()
    assert lines[0].startswith("many held")
    assert lines[1:] == ["  asked 9, held 3"]
