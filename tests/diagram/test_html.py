"""The page in a real browser, from a file and without network: looks, size, hostile input."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hellodone.diagram.draw import draw
from hellodone.diagram.html import embedded
from hellodone.trace.merge import together
from tests.diagram.boxes import misplaced
from tests.diagram.contrast import faint
from tests.diagram.demos import PAGES
from tests.diagram.demos import page as page_of
from tests.diagram.pages import IN_SIGHT, Window, text, written
from tests.traces import trace

LARGEST = 400_000  # bytes of the page of an ordinary handshake
HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>\"'`${window.hit=1}&amp;\u2028\x00]]>"

SMALLEST = """() => {
  const chart = document.querySelector("svg.chart");
  const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
  return parseFloat(getComputedStyle(document.querySelector(".field")).fontSize) * scale;
}"""  # pixels of the letters of fields


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
