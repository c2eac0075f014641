"""Charts drawn by Mermaid in a browser and read back out of its pictures."""

from __future__ import annotations

from dataclasses import replace

from hellodone.diagram import mermaid
from hellodone.diagram.chart import chart_of
from hellodone.diagram.rows import Chart, Detail
from hellodone.trace.model import Step, Trace
from tests.diagram.arrows import mermaid_arrows
from tests.diagram.expected import DRAWN, chart, chart_with, expected, seen, shown
from tests.diagram.rendering import render_mermaid
from tests.hostile import texts
from tests.traces import trace

HOSTILE = [chart_with(texts()[start : start + 25]) for start in range(0, len(texts()), 25)]


def source(rows: Chart) -> str:
    """The Mermaid text of a chart that is short enough."""
    return mermaid.render(lambda detail: rows, rows.detail)


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


def test_pictures_have_every_arrow_with_its_label() -> None:
    """All charts in one page, for starting a browser takes longest."""
    charts = {f"{name} {detail}": chart(name, detail) for name, detail in DRAWN}
    charts |= {f"hostile texts {number}": rows for number, rows in enumerate(HOSTILE)}
    *pictures, shorter, shortest = render_mermaid([*map(source, charts.values()), long(150), long(1500)])
    wrong = {}
    for (name, rows), picture in zip(charts.items(), pictures, strict=True):
        found, wanted = seen(mermaid_arrows(picture)), expected(rows)
        wrong[name] = [pair for pair in zip(found, wanted, strict=False) if pair[0] != pair[1]]
        assert len(found) == len(wanted), name
    assert {name: pairs[:1] for name, pairs in wrong.items() if pairs} == {}
    assert seen(mermaid_arrows(shorter)) == expected(chart_of(repeated(150), Detail.brief))
    found, whole = seen(mermaid_arrows(shortest)), expected(chart_of(repeated(1500), Detail.brief))
    assert (found[0], found[-1]) == (whole[0], whole[-1])
    assert set(found) < set(whole)


def unwrapped(text: str) -> str:
    """The text with its notes on one line."""
    return text.replace(f"<br/>{2 * mermaid.EN_SPACE}", " ")


def test_less_detail_where_mermaid_could_not_read_all() -> None:
    text = long(150)
    assert len(text) <= mermaid.MAXIMUM_LENGTH
    assert "detail brief instead of full: Mermaid reads 50,000 characters" in unwrapped(text)
    assert "left out" not in unwrapped(text)


def test_the_middle_is_left_out_where_even_that_is_too_long() -> None:
    text = long(1500)
    assert mermaid.MAXIMUM_LENGTH - 1000 < len(text) <= mermaid.MAXIMUM_LENGTH
    assert unwrapped(text).count(" rows left out") == 2, "at the top and in the gap"


def test_a_chart_that_fits_has_no_apology() -> None:
    assert "instead of" not in source(chart("client_auth"))
