"""The page: one file with the chart, a walk through it, every byte explained, and what each party knows; no network.

Scripts and styles lie beside this module as they are to be read, and go into the page as they are.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from hellodone.diagram import svg
from hellodone.diagram.chart import chart_of
from hellodone.diagram.html_data import page_data
from hellodone.diagram.html_overview import breakable, overview
from hellodone.diagram.html_packed import packed
from hellodone.diagram.rows import Chart, Detail, Words
from hellodone.diagram.svg_rows import Band
from hellodone.diagram.svg_signs import definitions
from hellodone.diagram.svg_text import tag
from hellodone.diagram.view import View
from hellodone.trace.model import Trace

if TYPE_CHECKING:
    from hellodone.diagram.language import Language

SCRIPTS = ("data", "dom", "chart", "message", "knowledge", "checks", "lay", "records", "search", "copy", "main")
STYLES = ("chart", "page")
CHUNK = 40  # bands that the browser lays out together, once they come into sight
AT_ONCE = 6  # parts that are in the page from the beginning

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (?:(\w+)|\{([^}]*)\}))", re.MULTILINE)
_GROUP = re.compile("(?=<g )")
_PLACE = re.compile(r"@@(.+?)@@")


def render(trace: Trace, detail: Detail, view: View, sources: Mapping[str, str], words: Language | None = None) -> str:
    """The page as the text of an .html file.

    ``trace`` is withheld or revealed already; ``sources`` are the other notations to copy; ``words`` are those of a
    language that is not English.
    """
    script = _script()
    text, said = (str, {}) if words is None else (words.text, words.page)
    title = text(trace.title or "TLS handshake")
    chart = chart_of(trace, detail, view)
    drawing = svg.layout(chart if words is None else _translated(chart, words))
    parts_of_chart, later = _chart(drawing)
    parts = {
        "lang": "en" if words is None else words.code,
        "title": escape(title),
        "heading": breakable(title),
        "overview": overview(trace, drawing.chart, str if words is None else words.reason),
        "width": f"{drawing.frame.width:.0f}",
        "generator": escape(trace.generator or "hellodone"),
        "style": "\n".join([_file(f"{name}.css") for name in STYLES]),
        "digest": b64encode(sha256(script.encode()).digest()).decode(),
        "chart": parts_of_chart,
        "steps": escape(said.get("{} steps", "{} steps").format(len(trace.steps))),
        "data": embedded(packed({**page_data(trace, view, sources, words), "later": later})),
        "script": script,
        **_outcome(trace, text),
    }
    return _PLACE.sub(lambda at: parts[at[1]] if at[1] in parts else escape(said.get(at[1], at[1])), _file("page.html"))


def embedded(data: object) -> str:
    """JSON that stays inside its script element whatever is in it: what could end that begins with "<"."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _script() -> str:
    """The modules in the order in which they need one another, each a function that gives what it exports."""
    return '"use strict";\n' + "".join([_module(name, _file(f"{name}.js")) for name in SCRIPTS])


def _module(name: str, source: str) -> str:
    exported = ", ".join([single or several.strip() for single, several in _EXPORT.findall(source)])
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = page_\2;", source))
    return f"const page_{name} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


@cache
def _file(name: str) -> str:
    return (resources.files("hellodone.diagram") / "page" / name).read_text(encoding="utf-8")


def _outcome(trace: Trace, text: Words) -> dict[str, str]:
    """One line on how it ended."""
    failure = trace.failure
    if failure is not None:
        alert = f" with {failure.alert}" if failure.alert else ""
        return {"outcome-kind": "failed", "outcome": escape(text(f"failed: the {failure.decided_by} ended it{alert}"))}
    done = [connection for connection in trace.connections if connection.completed]
    if not done:
        return {"outcome-kind": "", "outcome": escape(text("not completed"))}
    facts = (done[0].version, done[0].cipher_suite, done[0].group, done[0].alpn)
    agreed = ", ".join(fact for fact in facts if fact and fact not in trace.title)
    return {"outcome-kind": "completed", "outcome": breakable(agreed or text("completed"))}


def _translated(chart: Chart, words: Language) -> Chart:
    from hellodone.diagram.translate import translated

    return translated(chart, words)


def _chart(drawing: svg.Drawing) -> tuple[str, list[list[str]]]:
    """The chart in parts, for a browser lays out a part when it comes into sight; and those that are not drawn before,
    cut where others may have the same.

    Parts keep their place by the ratio of their sides, so that nothing moves when they are drawn.
    """
    width = drawing.frame.width
    top = svg.picture(
        definitions() + svg.heads(drawing) + svg.lanes(drawing.frame, svg.HEAD_HEIGHT, 48),
        width,
        svg.HEAD_HEIGHT,
        "",
    )
    later: list[list[str]] = []
    parts = [tag("div", top, class_="heads", aria_hidden="true")]
    starts = range(0, len(drawing.bands), CHUNK)
    first = 1
    for start in starts:
        bands = drawing.bands[start : start + CHUNK]
        content, height = svg.stack(drawing.frame, bands, walked=True)
        picture = svg.picture(content, width, height, _named(bands, drawing.chart.words))
        numbers = [band.number for band in bands if band.number]
        place = {"style": f"aspect-ratio:{width:.0f}/{height:.0f}", "data_first": numbers[0] if numbers else first}
        if len(starts) > AT_ONCE and start >= CHUNK * AT_ONCE:
            parts.append(tag("div", " ", class_="part-of-chart", data_later=len(later), **place))
            later.append(_GROUP.split(picture))
        else:
            parts.append(tag("div", picture, class_="part-of-chart", **place))
        first = numbers[-1] if numbers else first
    return "\n".join(parts), later


def _named(bands: Iterable[Band], words: Words) -> str:
    numbers = [band.number for band in bands if band.number]
    return words(f"Steps {numbers[0]} to {numbers[-1]}" if numbers else "Remarks")
