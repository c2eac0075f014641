"""The program: a table for people, JSON for machines, and a word about names that do not exist."""

from __future__ import annotations

import json
from pathlib import Path

import bench.__main__ as program
import pytest
from bench.rows import ROWS


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "QUICK_SECONDS", 0.1)
    monkeypatch.setattr("bench.contest.MINIMUM_ROUNDS", 2)
    monkeypatch.setattr("gc.freeze", lambda: None)


def test_the_table_and_the_json_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "bench.json"
    assert program.main(["--quick", "--only", "messages.*", "--json", str(written)]) == 0
    lines = capsys.readouterr().out.splitlines()
    results = json.loads(written.read_text())["results"]
    assert [result["against"] for result in results] == ["ssl", "pyOpenSSL", "primitives"] * 2
    for result in results:
        assert result["figure"]["low"] <= result["figure"]["median"] <= result["figure"]["high"]
        assert any(result["against"] in line and f"{result['figure']['median']:.2f}" in line for line in lines)
        if result["target"] is not None:
            assert result["met"] == (result["figure"]["median"] >= result["target"])


def test_programs_are_started(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--quick", "--only", "start_up"]) == 0
    assert "python -c pass" in capsys.readouterr().out


def test_medians_over_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "bench.json"
    assert program.main(["--quick", "--only", "noise", "--runs", "3", "--json", str(written)]) == 0
    summary = capsys.readouterr().out.partition("Medians of 3 runs")[2]
    everything = json.loads(written.read_text())
    (noise,) = everything["results"]
    single = sorted(run[0]["figure"]["median"] for run in everything["runs"])
    assert [noise["figure"][name] for name in ("low", "median", "high")] == single
    assert f"{single[1]:.2f}" in summary


def test_an_unknown_row_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--only", "handshakes"]) == 2
    assert "no row is called 'handshakes'; there are handshake.ecdhe_ecdsa" in capsys.readouterr().err


def test_names_of_rows_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
