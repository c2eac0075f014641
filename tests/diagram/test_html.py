"""The page in a real browser, from a file and without network: walking, bytes and fields, search, links, keys."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from hellodone.diagram.draw import draw
from hellodone.diagram.html import embedded
from hellodone.messages.certificate_fields import opened
from hellodone.trace.merge import together
from hellodone.trace.model import Trace
from hellodone.trace.secrets import withhold
from hellodone.wire.field import Field
from tests.diagram.boxes import misplaced
from tests.diagram.contrast import faint
from tests.diagram.demos import PAGES, demonstrated
from tests.diagram.demos import page as page_of
from tests.diagram.packing import unpacked
from tests.diagram.rendering import browser
from tests.traces import SCENARIOS, in_pieces, trace

LARGEST = 400_000  # bytes of the page of an ordinary handshake
HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>\"'`${window.hit=1}&amp;\u2028\x00]]>"


IN_SIGHT = """() => {
  const badge = document.querySelector("g.current .badge").getBoundingClientRect();
  const chart = document.getElementById("chart").getBoundingClientRect();
  return badge.top > chart.top + 60 && badge.bottom < chart.bottom;
}"""  # below the heads of the lanes


SMALLEST = """() => {
  const chart = document.querySelector("svg.chart");
  const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
  return parseFloat(getComputedStyle(document.querySelector(".field")).fontSize) * scale;
}"""  # pixels of the letters of fields


class Window:
    """A page that keeps what the browser complained about and what it asked the network for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, file: Path, fragment: str = "") -> Page:
        self.page.goto("about:blank")
        self.page.goto(f"{file.as_uri()}{fragment}")
        self.page.wait_for_selector("html[data-ready]")
        return self.page


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with browser(width=1600) as context:
        yield context


@pytest.fixture
def window(context: BrowserContext) -> Iterator[Window]:
    """Whatever a test does, nothing may be complained of and nothing fetched."""
    window = Window(context.new_page())
    yield window
    assert window.complaints == []
    assert [url for url in window.requests if not url.startswith(("file:", "about:"))] == []
    window.page.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(trace("client_auth"), tmp_path_factory.mktemp("pages") / "page.html")


def written(shown: Trace, path: Path, *, show_secrets: bool = False) -> Path:
    path.write_text(draw(shown, "html", show_secrets=show_secrets), encoding="utf-8")
    return path


def number_of(name: str, shown: Trace) -> int:
    return next(step.number for step in shown.steps if step.name == name)


def text(page: Page, selector: str) -> str:
    return page.inner_text(selector)


# --- walking


def test_arrows_and_space_walk_and_what_lies_ahead_is_dim(window: Window, file: Path) -> None:
    page = window.open(file)
    count = len(trace("client_auth").steps)
    assert text(page, "#where") == f"{count} steps"
    for key in ("ArrowRight", "Space", "ArrowRight", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert text(page, "#where") == f"3 of {count}"
    assert page.evaluate("location.hash") == "#step-3"
    ahead = [int(n) for n in page.eval_on_selector_all("g.step.ahead", "all => all.map((g) => g.dataset.step)")]
    assert ahead
    assert min(ahead) > 3
    page.keyboard.press("End")
    assert text(page, "#where") == f"{count} of {count}"
    assert page.locator("g.ahead").count() == 0
    page.keyboard.press("Home")
    assert page.locator("g.ahead").count() > 0
    page.keyboard.press("Escape")
    assert page.locator("g.ahead").count() == 0


BELOW = """() => {
  const bottom = document.querySelector("g.current").getBoundingClientRect().bottom;
  const drawn = document.querySelectorAll("#chart .stem, #chart .bar, #chart .note, #chart .divider, #chart .arrow");
  const below = Array.from(drawn).filter((one) => one.getBoundingClientRect().top > bottom + 1);
  const kinds = (some) => Array.from(new Set(some.map((one) => one.classList[0]))).sort();
  return [kinds(below.filter((one) => one.closest(".ahead"))), kinds(below.filter((one) => !one.closest(".ahead")))];
}"""  # kinds of what is drawn below the current step: dim, and not dim


def test_stems_bars_and_outcomes_that_lie_ahead_are_dim_too(window: Window, tmp_path: Path) -> None:
    shown = trace("failing")
    page = window.open(written(shown, tmp_path / "failing.html"))
    page.keyboard.press("Home")
    assert page.evaluate(BELOW) == [["arrow", "bar", "divider", "note", "stem"], []]
    failure = page.locator("#chart .note.failure")
    assert failure.locator("xpath=ancestor::*[contains(@class, 'ahead')]").count() == 1
    page.keyboard.press("End")
    assert page.evaluate(BELOW)[0] == []
    assert page.locator("#chart .ahead").count() == 0


def test_a_value_can_be_computed_again(window: Window, tmp_path: Path) -> None:
    """The program is there to be read and copied, and prints the value."""
    shown = trace("client_auth")
    step = number_of("ClientKeyExchange", shown)
    page = window.open(written(shown, tmp_path / "open.html", show_secrets=True), f"#step-{step}")
    page.click("#tab-knowledge")
    item = page.locator(".mind.by-client .fresh li", has=page.locator("[data-name='master_secret']"))
    item.locator("summary").click()
    program = item.locator("pre").inner_text()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert program.splitlines()[-1] == f"# {done.stdout.strip()}"
    assert done.stdout.strip()[:64] in item.locator("code").inner_text()


def test_without_secrets_there_is_no_program_for_them(window: Window, file: Path) -> None:
    page = window.open(file, f"#step-{number_of('ClientKeyExchange', trace('client_auth'))}")
    page.click("#tab-knowledge")
    item = page.locator(".mind.by-client .fresh li", has=page.locator("[data-name='master_secret']"))
    assert item.locator("summary").count() == 0


def test_walking_updates_what_each_party_knows(window: Window, file: Path) -> None:
    shown = trace("client_auth")
    page = window.open(file, f"#step-{number_of('ServerHello', shown)}")
    page.click("#tab-knowledge")
    assert "server_random" in text(page, ".mind.by-client .fresh")
    assert page.locator(".mind [data-name='master_secret']").count() == 0
    while "ClientKeyExchange" not in text(page, "#step-title"):
        page.keyboard.press("ArrowRight")
    assert page.locator(".mind.by-client .fresh [data-name='master_secret']").count() == 1
    assert page.locator(".mind.by-server .fresh [data-name='master_secret']").count() == 1
    assert page.locator(".mind.by-eavesdropper [data-name='client_random']").count() == 1
    assert page.locator(".mind.by-eavesdropper [data-name='master_secret']").count() == 0
    assert "Step" in text(page, "#said")
    assert "learns" in text(page, "#said")


def test_a_link_leads_to_a_step(window: Window, file: Path) -> None:
    page = window.open(file, "#step-7")
    assert text(page, "#step-title").startswith("7 ")
    assert page.get_attribute("g.current", "data-step") == "7"
    assert page.get_attribute("g.current", "aria-current") == "step"
    page.wait_for_load_state("load")
    page.wait_for_function(IN_SIGHT)
    page.evaluate("location.hash = '#step-5'")
    page.wait_for_function("() => document.querySelector('#step-title').textContent.startsWith('5 ')")
    page.evaluate("location.hash = '#step-99999'")
    assert misplaced(page) == []


# --- bytes and fields


def test_a_click_on_a_message_opens_its_fields_beside_its_bytes(window: Window, file: Path) -> None:
    shown = trace("client_auth")
    page = window.open(file)
    number = number_of("ClientHello", shown)
    page.click(f"#step-{number} .title")
    step = shown.steps[number - 1]
    digits = "".join(page.eval_on_selector_all(".byte", "all => all.map((b) => b.textContent)")).replace(" ", "")
    assert digits == step.raw.hex()
    page.click(".row:has(> .field-name:text-is('random'))")
    assert step.fields is not None
    field = step.fields.find("random")
    assert field is not None
    lit = "".join(page.eval_on_selector_all(".byte.lit", "all => all.map((b) => b.textContent)")).replace(" ", "")
    assert lit == step.raw[field.start : field.end].hex()
    assert "RFC 5246, 7.4.1.2" in text(page, ".about")
    assert "so that no two give the same keys" in text(page, ".about")


def test_a_byte_shows_its_field(window: Window, file: Path) -> None:
    shown = trace("client_auth")
    page = window.open(file, f"#step-{number_of('ServerHello', shown)}")
    page.locator(".byte").nth(1).hover()
    assert text(page, ".row.lit .field-name") == "length"
    page.locator(".byte").first.click()
    assert text(page, ".row.pinned .field-name") == "msg_type"


def test_every_byte_has_a_name_and_a_sentence_in_the_page(tmp_path: Path) -> None:
    demos = [demonstrated(options, tmp_path / "trace.json") for options in ("--ocsp staple", "--crl --revoked")]
    for shown in (*map(trace, SCENARIOS), *demos):
        data = page_data(draw(shown, "html"))
        unexplained = 0
        for step in data["trace"]["steps"]:
            said = iter(data["explained"][step["number"] - 1])
            covered = sum(leaf_bytes(step["fields"], said)) if "fields" in step else 0
            unexplained += len(step.get("raw", "")) // 2 - covered
        assert unexplained == 0


def leaf_bytes(field: dict[str, Any], said: Iterator[int]) -> Iterator[int]:
    """The sizes of the innermost fields that have a sentence."""
    explained = next(said) >= 0
    for child in field.get("children", []):
        yield from leaf_bytes(child, said)
    if "children" not in field and explained:
        yield field["end"] - field["start"]


def page_data(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = unpacked(json.loads(found[1]))
    return data


def test_certificates_are_opened_to_fields_and_to_a_tree_of_checks(window: Window, file: Path) -> None:
    shown = trace("client_auth")
    page = window.open(file, f"#step-{number_of('Certificate', shown)}")
    for name in ("tbsCertificate", "validity", "notAfter"):
        page.locator(f".row:has(> .field-name:text-is('{name}'))").first.click()
    assert "RFC 5280, 4.1.2.5" in text(page, ".about")
    page.click("#tab-checks")
    assert page.locator(".path-tree details details").count() >= 1
    checks = next(r.checks for r in shown.steps[number_of("Certificate", shown) - 1].reactions if r.checks)
    assert page.locator(".checks .passed").count() == len(checks)
    assert page.locator(".path-tree details details .passed").count() > 1


def test_a_certificate_that_is_none_stays_closed() -> None:
    raw = b"\x30\x82\xff\xff\x01"
    field = Field("certificate", 0, len(raw), "5 bytes of DER")
    assert opened(field, raw) == field


def test_records_show_what_lay_in_them(window: Window, file: Path) -> None:
    shown = trace("client_auth")
    page = window.open(file, f"#step-{number_of('Certificate', shown)}")
    page.click("#tab-records")
    step = shown.steps[number_of("Certificate", shown) - 1]
    assert page.locator(".record").count() == len(step.records)
    record = shown.records[step.records[0]]
    assert f"{record.length}, so {record.length + 5} bytes on the wire" in text(page, ".record")
    together = [other for other in shown.steps if step.records[0] in other.records]
    assert page.locator(".record .part:not(.header):not(.added)").count() == len(together)


ROWS = """() => Object.fromEntries(["part", "piece.by-server", "piece.by-client"].map((kind) => [kind,
  Array.from(document.querySelectorAll(`.pieces .${kind}`), (part) => {
    const box = part.getBoundingClientRect();
    return [Math.round(box.left), Math.round(box.right), part.textContent];
  })]))"""


def test_records_show_in_which_pieces_they_were_written_and_read(window: Window, tmp_path: Path) -> None:
    shown = in_pieces(300)
    page = window.open(written(shown, tmp_path / "pieces.html"), f"#step-{number_of('Certificate', shown)}")
    page.click("#tab-records")
    (record,) = (shown.records[index] for index in shown.steps[number_of("Certificate", shown) - 1].records)
    whole = record.length + 5
    reads = [300] * (whole // 300) + [whole % 300]
    assert f"The server wrote it in one piece. The client read it in {len(reads)} pieces." in text(page, ".lain")
    rows = page.evaluate(ROWS)
    assert [int(part[2]) for part in rows["piece.by-client"]] == reads
    (sent,), (lain,) = rows["piece.by-server"], rows["part"]
    assert sent[:2] == lain[:2]
    assert (rows["piece.by-client"][0][0], rows["piece.by-client"][-1][1]) == tuple(sent[:2])
    page.evaluate(f"location.hash = '#step-{number_of('Finished', shown)}'")
    page.wait_for_function("() => document.querySelector('#step-title').textContent.includes('Finished')")
    assert "of other records" in text(page, ".lain")
    page.locator(".pieces button.part").first.click()
    assert "Finished" not in text(page, "#step-title")


def test_of_a_trace_without_pieces_nothing_is_said(window: Window, tmp_path: Path) -> None:
    whole = trace("client_auth")
    older = replace(whole, connections=tuple(replace(connection, pieces=()) for connection in whole.connections))
    page = window.open(written(older, tmp_path / "older.html"), f"#step-{number_of('Certificate', older)}")
    page.click("#tab-records")
    assert page.locator(".record").count() > 0
    assert page.locator(".lain").count() == 0


# --- search, keys, copies


def test_search_finds_fields_and_goes_there(window: Window, file: Path) -> None:
    page = window.open(file)
    page.keyboard.press("/")
    page.keyboard.type("verify_data")
    assert page.locator("#found li").count() > 2
    page.keyboard.press("ArrowDown")
    chosen = text(page, "#found li[aria-selected=true] .found-step")
    page.keyboard.press("Enter")
    assert page.is_hidden("#found")
    assert text(page, "#step-title").startswith(chosen)
    page.fill("#search", "dNSName localhost")
    page.keyboard.press("Enter")
    assert text(page, ".row.pinned .field-name") == "dNSName"
    assert text(page, "#step-title").endswith("Certificate (11)")
    assert page.locator(".byte.lit").count() > 0
    page.fill("#search", "no such thing anywhere")
    assert text(page, "#found") == "Nothing found."


def test_the_keyboard_is_enough(window: Window, file: Path) -> None:
    shown = trace("client_auth")
    page = window.open(file, f"#step-{number_of('ClientHello', shown)}")
    page.focus(".row[tabindex='0']")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert text(page, ".row:focus .field-name") == "client_version"
    assert page.locator(".byte.lit").count() == 1
    page.focus("#tab-message")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-knowledge", "aria-selected") == "true"
    assert page.evaluate("document.activeElement.id") == "tab-knowledge"
    unnamed = page.eval_on_selector_all(
        "button, input", "all => all.filter((b) => !b.textContent.trim() && !b.ariaLabel)"
    )
    assert unnamed == []


def test_other_notations_can_be_copied(window: Window, file: Path) -> None:
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.open(file)
    page.click(".copies summary")
    for name, beginning in (
        ("PlantUML", "@startuml"),
        ("Mermaid", "%%{init"),
        ("Markdown", "# "),
        ("Trace (JSON)", "{"),
    ):
        page.click(f"[data-copy='{name}']")
        page.wait_for_function("name => document.querySelector('#said').textContent.includes(name)", arg=name)
        assert page.evaluate("navigator.clipboard.readText()").startswith(beginning)
    copied = Trace.from_json(page.evaluate("navigator.clipboard.readText()"))
    shown = withhold(trace("client_auth"))
    certificates = [replace(step, fields=step.fields and opened(step.fields, step.raw)) for step in shown.steps]
    assert copied == replace(shown, steps=tuple(certificates))


# --- looks, size, hostile input


@pytest.mark.parametrize("width", [800, 1600])
def test_nothing_overlaps_or_is_cut_off(window: Window, file: Path, width: int) -> None:
    window.page.set_viewport_size({"width": width, "height": 900})
    page = window.open(file, "#step-6")
    assert misplaced(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_can_be_read_at_every_width_in_light_and_dark(name: str, window: Window, tmp_path: Path) -> None:
    page = window.open(page_of(PAGES[name], tmp_path / "page.html"))
    for width in (400, 800, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(SMALLEST) > 8, width
        if width > 400:
            assert misplaced(page) == []
    page.set_viewport_size({"width": 1600, "height": 5000})
    middle = "all => all[all.length >> 1].dataset.step"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        measured, found = faint(page)
        assert (measured > 50, found) == (True, []), scheme
    number = page.eval_on_selector_all("g.step:has(.shaft, .sealed)", middle)
    page.evaluate("number => (location.hash = `#step-${number}`)", number)
    page.wait_for_selector("g.current")
    for tab in ("message", "knowledge", "checks", "records"):
        page.click(f"#tab-{tab}")
        assert faint(page)[1] == [], tab


def test_the_measure_notices_what_is_faint(window: Window, file: Path) -> None:
    page = window.open(file)
    page.evaluate("document.querySelector('.title').style.fill = '#9a9a9a'")
    page.evaluate("document.querySelector('h1').style.color = '#9a9a9a'")
    assert len(faint(page)[1]) == 2


def test_before_a_step_is_chosen_the_page_tells_what_came_out(window: Window, tmp_path: Path) -> None:
    page = window.open(page_of(PAGES["revoked"], tmp_path / "page.html"))
    assert "The client ended it with certificate_revoked(44)." in text(page, ".overview .failure")
    assert "is revoked since" in text(page, ".overview .failure")
    page.click(".overview .failure a")
    page.wait_for_function("() => document.querySelector('#step-title').textContent.includes('OCSP response')")
    assert page.locator(".overview").count() == 0


def test_a_narrow_window_shows_messages_and_keeps_its_lists_in_sight(window: Window, file: Path) -> None:
    page = window.open(file, "#step-5")
    page.set_viewport_size({"width": 400, "height": 900})
    assert page.evaluate(SMALLEST) > 8
    page.fill("#search", "random")
    page.wait_for_selector("#found li")
    box = page.locator("#found").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 400
    assert page.locator(".row").first.bounding_box()["width"] > 300  # type: ignore[index]


def test_dark_and_light_by_system_and_by_button(window: Window, file: Path) -> None:
    page = window.open(file)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    assert dark != light
    page.click("#theme")
    assert page.evaluate(paper) == light
    page.click("#theme")
    assert page.evaluate(paper) == dark
    page.emulate_media(color_scheme="dark", media="print")
    assert page.is_hidden("#inspector")


@pytest.mark.parametrize("name", ["client_auth", "renegotiated", "two_connections"])
def test_an_ordinary_page_is_small_and_needs_nothing_else(name: str) -> None:
    page = draw(trace(name), "html")
    assert len(page.encode()) < LARGEST
    assert not re.search(r"<(?:link|iframe|object|embed)|<script[^>]+src|@import|url\(", page)


def test_what_connections_repeat_is_in_a_page_once() -> None:
    one = trace("client_auth")
    ten, twenty = (len(draw(together([one] * count), "html", show_secrets=True)) for count in (10, 20))
    assert twenty - ten < 10 * 10_000  # said anew it would be 90,000 each


def test_secrets_stay_out_of_the_page_unless_asked_for(tmp_path: Path) -> None:
    shown = trace("client_auth")
    secrets = [
        fact.value.hex()
        for step in shown.steps
        for reaction in step.reactions
        for fact in reaction.learned
        if isinstance(fact.value, bytes) and len(fact.value) >= 12
    ]
    withheld = written(shown, tmp_path / "withheld.html").read_text(encoding="utf-8")
    told = written(shown, tmp_path / "told.html", show_secrets=True).read_text(encoding="utf-8")
    assert secrets
    assert [secret for secret in secrets if secret in withheld] == []
    assert all(secret in told for secret in secrets)


def test_hostile_names_stay_text(window: Window, tmp_path: Path) -> None:
    shown = trace("failing")
    steps = tuple(
        [
            replace(
                step,
                name=HOSTILE,
                summary=HOSTILE,
                fields=step.fields and replace(step.fields, name=HOSTILE, meaning=HOSTILE),
                reactions=tuple(
                    [
                        replace(
                            reaction,
                            learned=tuple([replace(fact, name=HOSTILE, value=HOSTILE) for fact in reaction.learned]),
                            checks=tuple([replace(check, claim=HOSTILE) for check in reaction.checks]),
                        )
                        for reaction in step.reactions
                    ]
                ),
            )
            for step in shown.steps
        ]
    )
    (connection,) = shown.connections
    assert connection.failure is not None
    failure = replace(connection.failure, reason=HOSTILE, alert=HOSTILE)
    bad = replace(connection, server_name=HOSTILE, client=HOSTILE, cipher_suite=HOSTILE, failure=failure)
    hostile = replace(shown, title=HOSTILE, generator=HOSTILE, warnings=(HOSTILE,), steps=steps, connections=(bad,))
    page = window.open(written(hostile, tmp_path / "hostile.html"), "#step-2")
    for tab in ("message", "knowledge", "checks", "records"):
        page.click(f"#tab-{tab}")
    page.fill("#search", "script")
    assert page.locator("#found li").count() > 0
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0
    assert HOSTILE[:20] in text(page, "h1")


def test_embedded_json_cannot_leave_its_element() -> None:
    text = embedded([HOSTILE, "<!--"])
    assert "<" not in text
    assert json.loads(text) == [HOSTILE, "<!--"]


def test_a_long_trace_is_laid_out_as_it_comes_into_sight(window: Window, tmp_path: Path) -> None:
    one = trace("client_auth")
    steps = one.steps
    many = [
        replace(step, number=index * len(steps) + step.number, connection=index)
        for index in range(12)
        for step in steps
    ]
    page = window.open(
        written(replace(one, steps=tuple(many), connections=one.connections * 12), tmp_path / "long.html")
    )
    parts = page.locator(".part-of-chart")
    assert parts.count() > 3
    assert page.evaluate("getComputedStyle(document.querySelector('.part-of-chart')).contentVisibility") == "auto"
    assert parts.last.locator("g.step").count() == 0
    page.keyboard.press("End")
    assert parts.last.locator("g.step").count() > 0
    assert text(page, "#where") == f"{len(many)} of {len(many)}"
    page.wait_for_function(IN_SIGHT)
