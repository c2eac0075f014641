"""Charts on a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.diagram import text
from hellodone.diagram.rows import Chart, Detail
from hellodone.diagram.wrap import columns
from tests.diagram.expected import CASES, Shown, arrows, chart, chart_with, expected, squeezed
from tests.hostile import texts

WIDTHS = (60, 80, 100, 132, 150, 200)
ARROW = re.compile(r"│(?P<left>◀)?[─═┄]{2} (?P<number>\d+) (?P<text>.*)")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def found(drawing: str) -> list[tuple[str, str]]:
    """Number and direction of every arrow."""
    matches = [ARROW.search(line) for line in drawing.splitlines()]
    return [(match["number"], "left" if match["left"] else "right") for match in matches if match]


def wanted(rows: Chart) -> list[tuple[str, str]]:
    shown: list[Shown] = expected(rows)
    return [(arrow.number, arrow.direction) for arrow in shown]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("name", "detail"), CASES)
def test_every_arrow_is_there_and_every_line_fits(name: str, detail: Detail, width: int) -> None:
    rows = chart(name, detail)
    drawing = text.render(rows, width=width)
    assert found(drawing) == wanted(rows)
    assert max(map(columns, drawing.splitlines())) <= width
    letters = squeezed(re.sub(r"[│┃─═┄━┿◀▶┌┐└┘]", "", drawing))
    for arrow in arrows(rows):
        assert squeezed(arrow.title) in letters


@pytest.mark.parametrize("width", WIDTHS)
def test_the_lanes_are_straight(width: int) -> None:
    lines = text.render(chart("client_auth"), width=width).splitlines()
    first = next(line for line in lines if "│" in line)
    left, right = first.index("│"), first.rindex("│")
    for line in lines[lines.index(first) :]:
        assert line[left] in "│┿", line
        assert line[right] in "│┿", line


@pytest.mark.parametrize("hostile", texts())
def test_hostile_texts_stay_where_they_belong(hostile: str) -> None:
    rows = chart_with([hostile])
    for width in (80, 160):
        drawing = text.render(rows, width=width)
        assert max(map(columns, drawing.splitlines())) <= width
        assert "\x1b" not in drawing
        assert all(character.isprintable() for line in drawing.split("\n") for character in line)


@given(st.lists(st.text(), min_size=1, max_size=3), st.integers(40, 220))
def test_any_text_fits(some: list[str], width: int) -> None:
    drawing = text.render(chart_with(some), width=width)
    assert max(map(columns, drawing.splitlines())) <= max(width, text.NARROWEST)


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("detail", Detail)
def test_colours_change_nothing_else(detail: Detail, width: int) -> None:
    rows = chart("failing", detail)
    coloured = text.render(rows, width=width, colour=True)
    assert coloured != ESCAPES.sub("", coloured)
    without = "\n".join(line.rstrip() for line in ESCAPES.sub("", coloured).splitlines())
    assert without == text.render(rows, width=width).rstrip("\n")


def test_protected_arrows_are_double_and_kernel_arrows_dotted() -> None:
    drawing = text.render(chart("ecdhe_ecdsa"), width=100)
    assert re.search(r"│══ \d+ Finished \(20\) ═+ AES_128_GCM ══▶│", drawing)
    assert re.search(r"│◀══ \d+ Finished \(20\) ═+ AES_128_GCM ═══│", drawing)
    assert re.search(r"│── \d+ ClientHello \(1\) ─+▶│", drawing)
    assert re.search(r"│┄┄ 1 TCP SYN ┄+ kernel ┄┄▶│", drawing)


def test_notes_stand_at_their_side() -> None:
    narrow = text.render(chart("ecdhe_ecdsa"), width=80).splitlines()
    assert any(line.startswith("  │ ┃ ✓ ") for line in narrow)
    assert any(line.endswith("┃ │") and " ✓ " in line for line in narrow)
    wide = text.render(chart("ecdhe_ecdsa"), width=180).splitlines()
    assert any(re.search(r"✓ .+┃ │◀── \d+ ServerHello", line) for line in wide)
    assert any(re.search(r"ClientHello.*▶│ ┃ ✓ ", line) for line in wide)
