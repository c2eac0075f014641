"""The page: one file with the chart, a walk through it, every byte explained, and what each party knows; no network.

Scripts and styles lie beside this module as they are to be read, and go into the page as they are.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape
from importlib import resources

from hellodone.diagram import svg
from hellodone.diagram.chart import chart_of
from hellodone.diagram.html_data import page_data
from hellodone.diagram.html_overview import breakable, overview
from hellodone.diagram.html_packed import packed
from hellodone.diagram.rows import Detail
from hellodone.diagram.svg_rows import Band
from hellodone.diagram.svg_text import tag
from hellodone.diagram.view import View
from hellodone.trace.model import Trace

SCRIPTS = ("data", "dom", "chart", "message", "knowledge", "checks", "lay", "records", "search", "copy", "main")
STYLES = ("chart", "page")
CHUNK = 40  # bands that the browser lays out together, once they come into sight
AT_ONCE = 6  # parts that are in the page from the beginning

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (?:(\w+)|\{([^}]*)\}))", re.MULTILINE)
_GROUP = re.compile("(?=<g )")
_PLACE = re.compile(r"@@([a-z-]+)@@")


def render(trace: Trace, detail: Detail, view: View, sources: Mapping[str, str]) -> str:
    """The page as the text of an .html file.

    ``trace`` is withheld or revealed already; ``sources`` are the other notations to copy.
    """
    script = _script()
    drawing = svg.layout(chart_of(trace, detail, view))
    chart, later = _chart(drawing)
    parts = {
        "title": escape(trace.title or "TLS handshake"),
        "heading": breakable(trace.title or "TLS handshake"),
        "width": f"{drawing.frame.width:.0f}",
        "overview": overview(trace, drawing.chart),
        "generator": escape(trace.generator or "hellodone"),
        "style": "\n".join([_file(f"{name}.css") for name in STYLES]),
        "digest": b64encode(sha256(script.encode()).digest()).decode(),
        "chart": chart,
        "count": str(len(trace.steps)),
        "data": embedded(packed({**page_data(trace, view, sources), "later": later})),
        "script": script,
        **_outcome(trace),
    }
    return _PLACE.sub(lambda found: parts[found[1]], _file("page.html"))


def embedded(data: object) -> str:
    """JSON that stays inside its script element whatever is in it: what could end that begins with "<"."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _script() -> str:
    """The modules in the order in which they need one another, each a function that gives what it exports."""
    return '"use strict";\n' + "".join([_module(name, _file(f"{name}.js")) for name in SCRIPTS])


def _module(name: str, source: str) -> str:
    exported = ", ".join([single or several.strip() for single, several in _EXPORT.findall(source)])
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = page_\2;", source))
    return f"const page_{name} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _file(name: str) -> str:
    return (resources.files("hellodone.diagram") / "page" / name).read_text(encoding="utf-8")


def _outcome(trace: Trace) -> dict[str, str]:
    """One line on how it ended."""
    failure = trace.failure
    if failure is not None:
        alert = f" with {failure.alert}" if failure.alert else ""
        return {"outcome-kind": "failed", "outcome": escape(f"failed: the {failure.decided_by} ended it{alert}")}
    done = [connection for connection in trace.connections if connection.completed]
    if not done:
        return {"outcome-kind": "", "outcome": "not completed"}
    facts = (done[0].version, done[0].cipher_suite, done[0].group, done[0].alpn)
    agreed = ", ".join(fact for fact in facts if fact and fact not in trace.title)
    return {"outcome-kind": "completed", "outcome": breakable(agreed or "completed")}


def _chart(drawing: svg.Drawing) -> tuple[str, list[list[str]]]:
    """The chart in parts, for a browser lays out a part when it comes into sight; and those that are not drawn before,
    cut where others may have the same.

    Parts keep their place by the ratio of their sides, so that nothing moves when they are drawn.
    """
    width = drawing.frame.width
    top = svg.picture(svg.heads(drawing) + svg.lanes(drawing.frame, svg.HEAD_HEIGHT, 48), width, svg.HEAD_HEIGHT, "")
    later: list[list[str]] = []
    parts = [tag("div", top, class_="heads", aria_hidden="true")]
    starts = range(0, len(drawing.bands), CHUNK)
    first = 1
    for start in starts:
        bands = drawing.bands[start : start + CHUNK]
        content, height = svg.stack(drawing.frame, bands, walked=True)
        picture = svg.picture(content, width, height, _named(bands))
        numbers = [band.number for band in bands if band.number]
        place = {"style": f"aspect-ratio:{width:.0f}/{height:.0f}", "data_first": numbers[0] if numbers else first}
        if len(starts) > AT_ONCE and start >= CHUNK * AT_ONCE:
            parts.append(tag("div", " ", class_="part-of-chart", data_later=len(later), **place))
            later.append(_GROUP.split(picture))
        else:
            parts.append(tag("div", picture, class_="part-of-chart", **place))
        first = numbers[-1] if numbers else first
    return "\n".join(parts), later


def _named(bands: Iterable[Band]) -> str:
    numbers = [band.number for band in bands if band.number]
    return f"Steps {numbers[0]} to {numbers[-1]}" if numbers else "Remarks"
