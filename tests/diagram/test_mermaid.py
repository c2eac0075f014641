"""Charts drawn by Mermaid in a browser and read back out of its pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hellodone.diagram import mermaid
from hellodone.diagram.chart import chart_of
from hellodone.diagram.rows import Chart, Detail
from hellodone.trace.model import Step, Trace
from tests.diagram.arrows import mermaid_arrows
from tests.diagram.expected import CASES, Shown, chart, chart_with, expected, seen, shown
from tests.diagram.rendering import render_mermaid
from tests.hostile import texts
from tests.traces import trace

HOSTILE = [chart_with(texts()[start : start + 25]) for start in range(0, len(texts()), 25)]


def source(rows: Chart) -> str:
    """The Mermaid text of a chart that is short enough."""
    return mermaid.render(lambda detail: rows, rows.detail)


@pytest.fixture(scope="module")
def pictures() -> list[str]:
    """All charts of this module, drawn in one page."""
    charts = [*(chart(name, detail) for name, detail in CASES), *HOSTILE]
    return render_mermaid([*map(source, charts), *(long(count) for count in (150, 1500))])


@pytest.mark.parametrize("index", range(len(CASES)), ids=["-".join(case) for case in CASES])
def test_the_picture_has_every_arrow_with_its_label(index: int, pictures: list[str]) -> None:
    name, detail = CASES[index]
    assert seen(mermaid_arrows(pictures[index])) == expected(chart(name, detail))


@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_hostile_texts_are_drawn_as_they_are(index: int, pictures: list[str]) -> None:
    assert seen(mermaid_arrows(pictures[len(CASES) + index])) == expected(HOSTILE[index])


def repeated(steps: int) -> Trace:
    """A trace of many messages, each of them with reactions."""
    original = shown(trace("client_auth"))
    messages = [step for step in original.steps if step.name == "ClientHello" or step.name == "Certificate"]
    many: list[Step] = [replace(messages[n % len(messages)], number=n + 1) for n in range(steps)]
    return replace(original, steps=tuple(many))


def long(steps: int) -> str:
    """A chart that is too long for Mermaid in full detail."""
    some = repeated(steps)
    return mermaid.render(lambda detail: chart_of(some, detail), Detail.full)


def test_less_detail_where_mermaid_could_not_read_all(pictures: list[str]) -> None:
    text = long(150)
    assert len(text) <= mermaid.MAXIMUM_LENGTH
    assert "detail brief instead of full: Mermaid reads 50,000 characters" in text
    assert "left out" not in text
    found = seen(mermaid_arrows(pictures[-2]))
    assert found == expected(chart_of(repeated(150), Detail.brief))


def test_the_middle_is_left_out_where_even_that_is_too_long(pictures: list[str]) -> None:
    text = long(1500)
    assert mermaid.MAXIMUM_LENGTH - 1000 < len(text) <= mermaid.MAXIMUM_LENGTH
    assert text.count(" rows left out") == 2, "at the top and in the gap"
    found = seen(mermaid_arrows(pictures[-1]))
    whole: list[Shown] = expected(chart_of(repeated(1500), Detail.brief))
    assert found[0] == whole[0]
    assert found[-1] == whole[-1]
    assert set(found) < set(whole)


def test_a_chart_that_fits_has_no_apology() -> None:
    assert "instead of" not in source(chart("client_auth"))
