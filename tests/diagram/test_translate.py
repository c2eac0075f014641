"""Charts and pages in other languages: no English is left in them, but names of the RFCs and what was sent."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from hellodone.diagram.chart import chart_of
from hellodone.diagram.draw import draw
from hellodone.diagram.knowing import as_note
from hellodone.diagram.language import language, tables
from hellodone.diagram.rows import Arrow, Chart, Detail, Divider, Fragment, Knowledge, Loop, Note, Row, Style
from hellodone.diagram.translate import translated
from hellodone.diagram.view import View
from hellodone.general.chart import chart as general_chart
from hellodone.general.tree import merged
from tests.diagram.demos import demonstrated
from tests.diagram.rendering import browser
from tests.general.every import every_run
from tests.traces import trace

CODES = ("da", "zh")
EVERYTHING = View(True, True, ("server_private_key",))
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|that|which|with|from|what|has|not|by|it|its|this|to|on|an|out|steps?|chosen|received|"
    r"computed|secret|first|known|more|sees|chooses|no|yes|empty|none)\b"
)
NAMES = re.compile(
    r"(extended )?(pre)?master secret|(client|server) finished|key expansion|forward secrecy|(extended )?key usage|"
    r"(ecdsa|dsa)-with-\w+|authority key identifier|CN=[^←;:,。]*|GET .*|http:.*|<Assertion>.*|Baseline Requirements"
)
SEE_TEXTS = """() => Array.from(document.querySelectorAll("body *")).flatMap((shown) => [
  ...(["SCRIPT", "STYLE"].includes(shown.tagName) || shown.closest("[lang=en]") ? [] : Array.from(shown.childNodes)
    .filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim())),
  ...["aria-label", "title", "placeholder"].map((name) => (shown.getAttribute(name) || "").trim()),
])"""


def texts(rows: Iterable[Row], chart: Chart) -> Iterator[str]:
    for row in rows:
        match row:
            case Arrow():
                yield from (row.title, row.tag, *(row.lines if row.style is not Style.data else ()))
            case Note():
                yield from (line.text for line in row.lines)
            case Knowledge():
                yield from texts([as_note(row, chart.detail, chart.words)], chart) if not row.readings else ()
            case Divider(title):
                yield title
            case Loop(title, arrows):
                yield title
                yield from texts(arrows, chart)
            case Fragment(_, branches):
                for branch in branches:
                    yield branch.title
                    yield from texts(branch.rows, chart)


def in_english(chart: Chart) -> list[str]:
    return [text for text in texts(chart.rows, chart) if ENGLISH.search(NAMES.sub(" ", text))]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "options",
    [
        "",
        "--key-exchange rsa --cipher NULL_SHA256 --policy historic",
        "--psk",
        "--resume ticket --client-auth",
        "--supplemental --renegotiate client --client-auth",
        "--ocsp query --revoked",
        "--ocsp missing-staple",
        "--raw-public-key --client-auth",
    ],
)
def test_no_english_is_left_in_a_chart(options: str, code: str, tmp_path: Path) -> None:
    drawn = demonstrated(options, tmp_path / "trace.json")
    for detail in Detail:
        chart = translated(chart_of(drawn, detail, EVERYTHING), language(code))
        assert in_english(chart) == []
        assert [participant.name for participant in chart.participants if participant.name in ("Client", "CA")] in (
            [],
            ["CA"],
        )


@pytest.mark.parametrize("code", CODES)
def test_no_english_is_left_in_the_general_chart(code: str) -> None:
    runs = every_run()
    chart = translated(general_chart(merged(runs), runs, "TLS 1.2", Detail.full), language(code))
    assert in_english(chart) == []


@pytest.mark.parametrize("format", ["text", "plantuml", "mermaid", "sequencediagram", "svg", "markdown"])
def test_every_format_speaks_the_language(format: str) -> None:
    drawn = draw(trace("client_auth"), format, lang="da")
    assert "Forhandling" in drawn
    assert "Klient" in drawn
    assert "Negotiation" not in drawn
    assert "kontroller mere" in drawn


def test_english_needs_no_tables() -> None:
    program = (
        "import sys\n"
        "from hellodone.diagram.draw import draw\n"
        "from hellodone.trace.model import Trace\n"
        "shown = Trace.from_json(sys.stdin.read())\n"
        "for name in ('text', 'plantuml', 'mermaid', 'svg'): draw(shown, name)\n"
        "print([name for name in sys.modules if name in ('tomllib', 'hellodone.diagram.language')])\n"
    )
    told = trace("client_auth").to_json()
    done = subprocess.run([sys.executable, "-c", program], input=told, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_the_labels_of_its_language_and_none_in_english(code: str, tmp_path: Path) -> None:
    """Whatever is seen or read aloud, in every view of every step."""
    words = tables(code)["page"]
    english = {text.strip() for text, other in words.items() if "{}" not in text and other != text}
    english -= {"step", "field", "data", "read", "written", "records", "it", "them"}  # names of fields too
    file = tmp_path / "page.html"
    shown = trace("client_auth")
    file.write_text(draw(shown, "html", lang=code, view=EVERYTHING), encoding="utf-8")
    with browser(width=1600) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]")
        assert page.evaluate("document.documentElement.lang") == code
        seen = set(texts_of(page))
        for number in (5, 7, len(shown.steps)):
            page.evaluate(f"location.hash = '#step-{number}'")
            for view in ("message", "knowledge", "checks", "records"):
                page.click(f"#tab-{view}")
                seen |= texts_of(page)
        page.fill("#search", "no such thing")
        seen |= texts_of(page)
    assert complaints == []
    assert seen & english == set()
    assert {words[text] for text in ("Whole chart", "Knowledge", "Checks", "Print", "Nothing found.")} <= seen
    assert {tables(code)["lanes"]["eavesdropper"], words["Copy as"]} <= seen


def texts_of(page: Page) -> set[str]:
    found = page.evaluate(SEE_TEXTS)
    assert isinstance(found, list)
    return {str(text) for text in found}


def test_what_has_no_words_is_marked_as_english(tmp_path: Path) -> None:
    """The meanings of fields are sentences in English in a page of any language."""
    file = tmp_path / "page.html"
    file.write_text(draw(trace("client_auth"), "html", lang="da"), encoding="utf-8")
    with browser(width=1600) as context:
        page = context.new_page()
        page.goto(f"{file.as_uri()}#step-5")
        page.wait_for_selector(".about p[lang=en]")
        assert page.locator(".about p[lang=en]").count() == 1
