"""Bytecodes and calls are those of the operation, and are told by part and by function."""

from __future__ import annotations

import dis
import re

import pytest

from bench import counts


def _added(one: int, other: int) -> int:
    return one + other


def test_what_runs_is_counted_once() -> None:
    once, twice = counts.count(lambda: _added(1, 2)), counts.count(lambda: [_added(1, 2), len("abc"), _added(3, 4)])
    added = _added.__code__
    assert (once.calls[added], twice.calls[added]) == (1, 2)
    assert 0 < once.bytecodes[added] <= len(list(dis.get_instructions(added)))
    assert twice.bytecodes[added] == 2 * once.bytecodes[added]
    assert twice.native["builtins"] == once.native["builtins"] + 1


def test_parts_add_up_to_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert counts.main(["messages.64"]) == 0
    out = capsys.readouterr().out
    total = re.search(r"messages\.64, hellodone: ([\d,]+) bytecodes in ([\d,]+) calls", out)
    assert total
    parts = out.split("part\n")[1].split("\n\n")[0].splitlines()
    rows = [line.split() for line in parts]
    assert sum(int(row[0].replace(",", "")) for row in rows) == int(total[1].replace(",", ""))
    assert sum(int(row[2].replace(",", "")) for row in rows) == int(total[2].replace(",", ""))
    assert "hellodone.record" in {row[3] for row in rows}


def test_another_contestant_of_the_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert counts.main(["messages.64", "--of", "ssl"]) == 0
    assert "hellodone" not in capsys.readouterr().out.replace("hellodone, ", "")


def test_several_rows_have_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert counts.main(["messages.*"]) == 0
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == ["messages.64", "messages.1024"]


def test_a_row_without_python_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert counts.main(["start_up"]) == 2
    assert "nothing to count in a row 'start_up'" in capsys.readouterr().err
