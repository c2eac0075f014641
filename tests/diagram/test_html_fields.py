"""The page in a real browser: bytes, fields, certificates, records and the pieces they came in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hellodone.diagram.draw import draw
from hellodone.messages.certificate_fields import opened
from hellodone.wire.field import Field
from tests.diagram.demos import demonstrated
from tests.diagram.packing import unpacked
from tests.diagram.pages import Window, number_of, text, written
from tests.traces import SCENARIOS, in_pieces, trace


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
