"""What the inspector shows before a step is chosen: what was agreed or why it failed, and how to read the chart."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from hellodone.diagram import svg
from hellodone.diagram.rows import Chart, Words
from hellodone.diagram.svg_text import tag
from hellodone.diagram.values import plain
from hellodone.trace.model import Connection, Failure, Trace
from hellodone.trace.weaknesses import weaknesses

_KEYS = (("→ or space", "one step on"), ("←", "one back"), ("/", "search"), ("Esc", "the whole chart"))


def overview(trace: Trace, chart: Chart, reason: Words = str) -> str:
    """As HTML, in the language of the chart; every text of the trace is escaped. ``reason`` says why it failed."""
    several = len(trace.connections) > 1
    parts = [
        _connection(trace, index, f"Connection {index + 1}" if several else "What came out", chart.words, reason)
        for index in range(len(trace.connections))
    ]
    return tag("div", "".join(parts) + _signs(chart) + _keys(chart.words), class_="overview")


def _connection(trace: Trace, index: int, heading: str, words: Words, reason: Words) -> str:
    connection = trace.connections[index]
    agreed = _agreed(connection, words)
    rows = "".join([tag("dt", words(name)) + tag("dd", breakable(plain(value))) for name, value in agreed])
    failure = _failure(connection.failure, words, reason) if connection.failure is not None else ""
    weak = [[_text(words(text)) for text in (w.name, w.sentence, w.reference)] for w in weaknesses(trace, index)]
    said = "".join([tag("li", f"{tag('b', name)}: {sentence} ({where})") for name, sentence, where in weak])
    return tag("h3", words(heading)) + failure + tag("dl", rows) + (tag("ul", said, class_="weak") if said else "")


def _agreed(connection: Connection, words: Words) -> Iterator[tuple[str, str]]:
    how = "resumed session" if connection.resumed else "full handshake"
    yield "Handshake", words(how if connection.completed else f"{how}, not completed")
    for name, value in (
        ("Version", connection.version),
        ("Cipher suite", connection.cipher_suite),
        ("Group", connection.group),
        ("Server name", connection.server_name),
        ("Application protocol", connection.alpn),
        ("From", connection.client),
        ("To", connection.server),
    ):
        if value:
            yield name, value


def _failure(failure: Failure, words: Words, reason: Words) -> str:
    alert = f" with {plain(failure.alert)}" if failure.alert else ""
    head = tag("b", escape(words(f"The {failure.decided_by} ended it{alert}.")))
    link = tag("a", words(f"step {failure.step}"), href=f"#step-{failure.step}") if failure.step else ""
    where = tag("p", words("What went wrong came with {}.").replace("{}", link)) if link else ""
    return tag("div", tag("p", head) + tag("p", _text(reason(plain(failure.reason)))) + where, class_="failure")


def _signs(chart: Chart) -> str:
    rows = [
        tag("li", tag("svg", sample, class_="chart", viewBox="-2 -16 40 24", aria_hidden="true") + escape(meaning))
        for sample, meaning in (*svg.signs(chart), (_NUMBER, chart.words("a step: click it")))
    ]
    return tag("h3", chart.words("How to read the chart")) + tag("ul", "".join(rows), class_="signs")


_NUMBER = tag("circle", class_="badge", cx=20, cy=-4, r=10) + tag("text", "7", class_="number", x=20, y=0)


def _keys(words: Words) -> str:
    rows = [tag("li", tag("kbd", words(key)) + f" {words(what)}") for key, what in _KEYS]
    return tag("h3", words("Keys")) + tag("ul", "".join(rows), class_="keys")


def _text(text: str) -> str:
    return escape(plain(text))


def breakable(text: str) -> str:
    """The text as HTML that may break behind the underscores of a name."""
    return escape(text).replace("_", "_<wbr>")
