"""The page in a real browser: walking through the steps, search, links, keys, copies."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hellodone.messages.certificate_fields import opened
from hellodone.trace.model import Trace
from hellodone.trace.secrets import withhold
from tests.diagram.boxes import misplaced
from tests.diagram.pages import IN_SIGHT, Window, number_of, text, written
from tests.traces import trace

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
