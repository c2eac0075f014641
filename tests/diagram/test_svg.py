"""Pictures in a browser: nothing overlaps in any branch, what is sealed looks sealed, and text is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from hellodone.cli.scenarios import SCENARIOS, Named
from hellodone.diagram.chart import chart_of
from hellodone.diagram.draw import draw
from hellodone.diagram.rows import Arrow, Chart, Line, Mark, Note, Participant, Row, Style
from hellodone.diagram.svg import render
from hellodone.diagram.svg_frame import Frame
from hellodone.diagram.svg_notes import note_box
from hellodone.diagram.svg_signs import Sign
from hellodone.diagram.svg_stems import Flights
from hellodone.diagram.svg_text import Font, broken, escaped
from hellodone.diagram.view import View
from hellodone.trace.model import Party
from tests.diagram.boxes import misplaced
from tests.diagram.demos import demonstrated
from tests.diagram.rendering import browser
from tests.traces import SCENARIOS as TRACES
from tests.traces import trace

SVG = "{http://www.w3.org/2000/svg}"
LISTENING = View(eavesdropper=True, eavesdropper_has=("server_private_key",))


COLOURS = """() => {
  const style = (name, what) => getComputedStyle(document.querySelector(name))[what];
  const of = (name, what) => style(name, what).match(/[0-9]+/g).slice(0, 3).map(Number);
  const linear = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => c.reduce((sum, v, i) => sum + linear(v) * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const paper = of(".paper", "fill");
  const contrasts = [".title", ".name", ".tag", ".number"].map((kind) => contrast(of(kind, "fill"), paper));
  contrasts.push(contrast(of(".sealed .title", "fill"), of(".tube", "fill")));
  contrasts.push(contrast(of(".said", "fill"), of(".by-client > .box", "fill")));
  return {paper, contrasts};
}"""  # as the Web Content Accessibility Guidelines 2.2 reckon contrast


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser(width=1600) as context:
        yield context.new_page()


def show(page: Page, svg: str) -> None:
    page.set_content(f"<body style='margin: 0'>{svg}</body>")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.options or "plain")
def test_nothing_overlaps_in_any_demo_at_800_and_1600(scenario: Named, page: Page, tmp_path: Path) -> None:
    drawn = demonstrated(scenario.options, tmp_path / "trace.json")
    show(page, draw(drawn, "svg"))
    for width in (800, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert misplaced(page) == []
    assert [title for title in page.locator(".arrow .title").all_text_contents() if title.strip().endswith("…")] == []


@pytest.mark.parametrize("detail", ["brief", "full"])
@pytest.mark.parametrize("name", TRACES)
def test_nothing_overlaps_at_other_details_nor_with_somebody_listening(name: str, detail: str, page: Page) -> None:
    show(page, draw(trace(name), "svg", detail=detail, view=LISTENING))
    assert misplaced(page) == []


@pytest.mark.parametrize("language", ["en", "da", "zh"])
def test_the_signs_have_room_in_every_language(language: str, page: Page, tmp_path: Path) -> None:
    shown = demonstrated("--key-exchange rsa --cipher NULL_SHA256 --policy historic", tmp_path / "trace.json")
    page.set_viewport_size({"width": 1200, "height": 900})
    show(page, draw(shown, "svg", lang=language))
    assert misplaced(page) == []


def test_the_measure_notices_what_overlaps(page: Page) -> None:
    show(page, '<svg class="chart" viewBox="0 0 90 40"><text y="20">one</text><text y="24">other</text></svg>')
    assert len(misplaced(page)) == 1


def test_what_is_protected_is_a_tube_and_what_is_not_a_line() -> None:
    root = ElementTree.fromstring(draw(trace("ecdhe_ecdsa"), "svg"))
    arrows = [node for node in root.iter(f"{SVG}g") if (node.get("class") or "").startswith("arrow")]
    for arrow in arrows:
        title = next("".join(t.itertext()).strip() for t in arrow.iter(f"{SVG}text") if t.get("class") == "title")
        sealed = "sealed" in (arrow.get("class") or "")
        shapes = {node.get("class") for kind in ("path", "use") for node in arrow.iter(f"{SVG}{kind}")}
        assert sealed == title.startswith(("Finished", "Application data", "Alert")), title
        assert ("tube" in shapes, "lock" in shapes, "shaft" in shapes) == (sealed, sealed, not sealed)


def words(node: ElementTree.Element) -> str:
    return "".join(node.itertext()).strip()


def groups(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    """Those whose class has that word."""
    return [node for node in root.iter() if kind in (node.get("class") or "").split()]


def test_what_is_authenticated_but_not_encrypted_looks_open(tmp_path: Path) -> None:
    shown = demonstrated("--key-exchange rsa --cipher NULL_SHA256 --policy historic", tmp_path / "trace.json")
    root = ElementTree.fromstring(draw(shown, "svg"))
    open_ = groups(root, "readable")
    assert len([node for node in open_ if "sealed" in (node.get("class") or "")]) > 3
    assert {"href": "#sign-open-lock"}.items() <= groups(open_[0], "lock")[0].attrib.items()
    activation = " ".join(words(node) for node in groups(root, "activation"))
    assert "client_write_mac_key" in activation
    assert "client_write_key" not in activation
    assert not groups(ElementTree.fromstring(draw(trace("ecdhe_ecdsa"), "svg")), "readable")


def test_a_flight_is_of_one_handshake_on_one_connection() -> None:
    root = ElementTree.fromstring(draw(trace("two_connections"), "svg"))
    rows = chart_of(trace("two_connections")).rows
    flights = Flights(Frame.of(chart_of(trace("two_connections")).participants))
    flights.learn(rows)
    arrows = {id(row): row for row in rows if isinstance(row, Arrow)}
    first = [row.number for row in rows if isinstance(row, Arrow) and row.title.startswith("ClientHello")]
    begun = [arrows[number].number for number in flights.counts]
    assert set(first) <= set(begun)
    assert not [n for n in begun if arrows_of(rows)[n].style is Style.data]
    assert groups(root, "bar")


def arrows_of(rows: tuple[Row, ...]) -> dict[int, Arrow]:
    return {row.number: row for row in rows if isinstance(row, Arrow)}


def test_a_step_that_sends_nothing_has_its_number_too() -> None:
    shown = trace("client_auth")
    root = ElementTree.fromstring(draw(shown, "svg", view=View(knowledge=True)))
    numbers = [int(words(node)) for node in groups(root, "number")]
    silent = [step.number for step in shown.steps if not step.arrow]
    assert silent
    assert set(silent) <= set(numbers)
    assert len(numbers) == len(set(numbers))


def test_the_lane_of_who_listens_runs_behind_words() -> None:
    root = ElementTree.fromstring(draw(trace("rsa"), "svg", view=LISTENING))
    for arrow in groups(root, "arrow"):
        if "sealed" not in (arrow.get("class") or ""):
            screens = [node for node in arrow if node.get("class") == "paper"]
            assert len(screens) == 1 + bool(groups(arrow, "field")), words(arrow)


def test_an_arrow_without_number_begins_at_its_lane() -> None:
    participants = (Participant(Party.client, "Client"), Participant(Party.server, "Server"))
    lane = Frame.of(participants).lanes[Party.client]
    for number, gap in ((0, 1), (1, 11)):
        arrow = Arrow(number, Party.client, Party.server, "ClientHello")
        root = ElementTree.fromstring(render(Chart("", participants, (arrow,))))
        (shaft,) = groups(groups(root, "arrow")[0], "shaft")
        assert (shaft.get("d") or "").startswith(f"M{lane + gap:g} ")


def test_the_lines_of_a_tree_stay_right_of_where_they_begin() -> None:
    lines = (Line("path"), Line("    ✓ " + "a claim that is long " * 8), Line("        " + "values of it " * 12))
    note = ElementTree.fromstring(f"<g>{note_box(Note(Party.client, lines), 240).markup}</g>")
    texts = [node for node in note.iter("text") if node.get("class") not in list(Mark)]
    starts = [[float(part.get("x", 0)) for part in node.iter()] for node in texts]
    assert [max(xs) - min(xs) < 12 for xs in starts] == [True] * 3
    assert starts[0][0] < min(starts[1]) < min(starts[2])
    assert ("passed", "✓") in [(node.get("class"), words(node)) for node in note.iter("text")]


def test_a_long_name_begins_on_a_line_of_its_own() -> None:
    suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
    lines = broken(f"the server's key is of a type that {suite} can use", Font(12.5), 245)
    assert lines[0] == "the server's key is of a type that"
    assert "".join(lines[1:3]).startswith(suite)
    assert broken("concludes secure_renegotiation: yes, resumed: no", Font(12.5), 280)[-1].startswith("resumed: no")
    assert broken("= " + "0123456789abcdef" * 3, Font(11.5, mono=True), 245, 10)[0].startswith("= 0123")


def test_a_failure_stands_in_its_place() -> None:
    root = ElementTree.fromstring(draw(trace("failing"), "svg"))
    words = [(node.get("class"), "".join(node.itertext()).strip()) for node in root.iter(f"{SVG}text")]
    texts = [text for _, text in words]
    failed = next(index for index, text in enumerate(texts) if text.startswith("The handshake failed"))
    alert = next(index for index, text in enumerate(texts) if text.startswith("Alert: fatal"))
    assert alert < failed
    assert ("failed", "✗") in words


def test_the_picture_has_a_name_and_a_description() -> None:
    root = ElementTree.fromstring(draw(trace("rsa"), "svg"))
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert (root.get("role"), bool(root.get("aria-label"))) == ("group", True)


def test_dark_and_light_differ_and_both_are_legible(page: Page) -> None:
    show(page, draw(trace("client_auth"), "svg"))
    papers = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen = page.evaluate(COLOURS)
        papers.append(seen["paper"])
        assert min(seen["contrasts"]) >= 4.5, seen
    assert papers[0] != papers[1]


def test_words_can_be_selected_and_copied(page: Page) -> None:
    show(page, draw(trace("rsa"), "svg"))
    page.keyboard.press("Control+A")
    copied = page.evaluate("getSelection().toString()")
    assert "ClientHello (1)" in copied
    assert "TLS_RSA_WITH_AES_128_CBC_SHA256" in copied


@given(st.text(alphabet="ab_ ⟨⟩,.:é漢\u0301", max_size=80), st.integers(40, 200))
def test_lines_keep_every_character_and_their_width(text: str, width: int) -> None:
    font = Font(12.5)
    lines = broken(text, font, width, 10)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(font.width(line) <= width for line in lines)


def test_chinese_lines_break_between_characters_and_keep_their_punctuation() -> None:
    text = "ServerHello 中的每个扩展都对应我们提供的一个扩展（RFC 5246，7.4.1.4）：签名、日期、约束、用途、强度"
    for width in range(150, 260, 7):
        lines = broken(text, Font(12.5), width)
        assert all(Font(12.5).width(line) > width / 2 for line in lines[1:-1])
        assert not [line for line in lines if line[0] in "、，：）" or line[-1] == "（"]


def test_what_xml_forbids_is_replaced_and_markup_escaped() -> None:
    assert escaped("<b>&\x00\x0b\ud800\"'") == "&lt;b&gt;&amp;\ufffd\ufffd\ufffd&quot;&#x27;"


def test_a_picture_has_the_rules_for_what_is_in_it_and_each_sign_once() -> None:
    drawn = draw(trace("ecdhe_ecdsa"), "svg")
    assert ".chart .tube {" in drawn
    assert ".chart .arrow:not(.sealed) .title" in drawn
    assert "by-eavesdropper" not in drawn
    assert ".frame" not in drawn
    assert drawn.count("<use ") > 5
    assert max(drawn.count(f'd="{one.value}"') for one in Sign) == 1
    ids = re.findall(r' id="([^"]*)"', drawn)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]*)"', drawn)) <= set(ids)
