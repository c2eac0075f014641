"""Every step explained, in every language, in words that belong to this handshake."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from hellodone.diagram.draw import draw
from hellodone.diagram.language import CODES, language
from hellodone.trace.model import Kind
from tests.traces import SCENARIOS, trace


def document(name: str, detail: str = "normal", lang: str = "en") -> str:
    return draw(trace(name), "markdown", detail=detail, lang=lang)


def explanation(text: str) -> str:
    """What follows the picture."""
    return text.split("```\n", 2)[1] if text.count("```\n") > 1 else text.split("\n```\n", 1)[1]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_step_has_its_paragraph(name: str, code: str) -> None:
    told = re.findall(r"^(\d{3,})(?: - (\d{3,}))?: \*\*", document(name, lang=code), re.MULTILINE)
    numbers = [n for first, last in told for n in range(int(first), int(last or first) + 1)]
    assert numbers == [step.number for step in trace(name).steps]


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_that_was_checked_is_left_in_english(name: str, code: str) -> None:
    words = language(code)
    claims = {check.claim for step in trace(name).steps for r in step.reactions for check in r.checks}
    assert [claim for claim in claims if words.text(claim) == claim] == []


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_it_is_markdown_with_one_picture(name: str, detail: str) -> None:
    tokens = MarkdownIt().parse(document(name, detail))
    assert [token.info for token in tokens if token.type == "fence"] == ["mermaid"]
    assert tokens[0].tag == "h1"
    assert not [token for token in tokens if token.type.startswith("html")]


def test_messages_are_told_by_what_they_do_here() -> None:
    assert "encrypted to the public key of the server's certificate" in document("rsa")
    assert "only the server can read it" not in document("ecdhe_ecdsa")
    assert "signs everything that was said so far" in document("client_auth")


def test_a_resumed_connection_says_so() -> None:
    text = document("resumed")
    assert "## Connection 2" in text
    assert "It remembers the session" in text
    assert "by resuming a session" in text


def test_a_renegotiation_has_its_own_heading_and_end() -> None:
    text = document("renegotiated")
    assert "## Renegotiation (steps" in text
    assert text.count("**The handshake is complete") == 1
    assert text.count("**The renegotiation is complete.**") == 1


def test_a_failure_names_step_party_alert_and_reason() -> None:
    failure = trace("failing").failure
    assert failure is not None
    text = document("failing")
    assert f"failed in step {failure.step}: the {failure.decided_by} ended it. The alert is" in text
    assert "✗ not so:" in text or not any(
        not check.passed for step in trace("failing").steps for r in step.reactions for check in r.checks
    )


def test_many_records_of_data_are_told_as_one() -> None:
    text = document("talkative")
    data = [step for step in trace("talkative").steps if step.kind is Kind.application_data]
    assert f"in {len(data)} records" in text


def test_names_keep_their_underscores() -> None:
    assert "`client_random`" in document("ecdhe_ecdsa")
    assert "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" in document("ecdhe_ecdsa")
