"""One function for every format."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hellodone.diagram.draw import FORMATS, draw, format_of
from hellodone.errors import ConfigurationError
from hellodone.trace.model import Trace
from hellodone.trace.secrets import withhold
from tests.traces import REQUEST, SCENARIOS, trace

NAMES = sorted(set(FORMATS.values()))
BEGINNINGS = {
    "text": " ",
    "plantuml": "@startuml\n",
    "mermaid": "%%{init",
    "sequencediagram": "title ",
    "svg": "<svg ",
    "markdown": "# ",
    "html": "<!doctype html>\n",
    "json": "{\n",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_each_format_at_each_detail(name: str, detail: str) -> None:
    drawing = draw(trace("rsa"), name, detail=detail)
    assert drawing.startswith(BEGINNINGS[name])
    assert drawing.endswith("\n")


@pytest.mark.parametrize("name", NAMES)
def test_secrets_are_shown_only_when_asked_for(name: str) -> None:
    original = trace("client_auth")
    secrets = [
        fact.value.hex()
        for step in original.steps
        for reaction in step.reactions
        for fact in reaction.learned
        if isinstance(fact.value, bytes) and fact.name == "master_secret"
    ]
    kept = draw(original, name, detail="full", width=200)
    told = draw(original, name, detail="full", width=200, show_secrets=True)
    joined = "".join(told.split())
    assert "⟨secret A, 32 bytes⟩" in kept
    assert secrets[0][:8] not in kept
    assert secrets[0][:8] in joined
    assert REQUEST.split(b"\r\n")[0].decode() not in kept
    assert REQUEST.split(b"\r\n")[0].decode() in told


def test_a_chart_from_json_is_the_same_chart() -> None:
    original = trace("client_auth")
    again = Trace.from_json(original.to_json())
    for name in NAMES:
        assert draw(again, name) == draw(original, name)
    assert again == withhold(original)


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(
        ConfigurationError, match=r"no format is called 'docx'; there are text \(.txt\), plantuml \(.puml\)"
    ):
        draw(trace("rsa"), "docx")
    with pytest.raises(ConfigurationError, match="no detail is called 'huge'; there are brief, normal, full"):
        draw(trace("rsa"), "text", detail="huge")


def test_the_format_follows_from_the_name() -> None:
    assert [format_of(f"x{end}") for end in (".txt", ".PUML", ".mmd", ".sd", ".md", ".markdown", ".json")] == [
        "text",
        "plantuml",
        "mermaid",
        "sequencediagram",
        "markdown",
        "markdown",
        "json",
    ]
    with pytest.raises(ConfigurationError, match=r"x\.docx: its name does not say which format"):
        format_of("x.docx")


def test_drawing_loads_little() -> None:
    """A chart from JSON needs neither the protocol nor its libraries."""
    program = (
        "import sys, hellodone.diagram.draw, hellodone.trace.json\n"
        "from hellodone.diagram import text, plantuml, mermaid, sequencediagram, brief\n"
        "print([name for name in sys.modules if name.startswith(('cryptography', 'rich', 'click', 'asyncio'))])\n"
        "print([name for name in sys.modules if name.startswith(('hellodone.handshake', 'hellodone.pki'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"


@pytest.mark.parametrize("name", SCENARIOS)
def test_text_is_the_default_for_people(name: str) -> None:
    assert "ClientHello (1)" in draw(trace(name), "text")
