"""One function for every format: a trace in, the text of a file out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from hellodone.diagram.chart import chart_of
from hellodone.diagram.rows import Chart, ChartAt, Detail, Words
from hellodone.diagram.view import PLAIN, View
from hellodone.errors import ConfigurationError
from hellodone.trace.model import Trace
from hellodone.trace.secrets import reveal, withhold

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".txt": "text",
        ".puml": "plantuml",
        ".plantuml": "plantuml",
        ".mmd": "mermaid",
        ".mermaid": "mermaid",
        ".sd": "sequencediagram",
        ".svg": "svg",
        ".md": "markdown",
        ".markdown": "markdown",
        ".html": "html",
        ".htm": "html",
        ".json": "json",
    }
)
"""Extensions of file names, and the formats that they stand for."""

PICTURES = ("text", "plantuml", "mermaid", "sequencediagram", "svg")
"""The formats that need the rows of a chart and nothing else."""

TRANSLATED = (*PICTURES, "markdown", "html")
"""The formats that have words, in one of several languages. JSON is data: every language reads the same."""

COPIED = ("plantuml", "mermaid", "sequencediagram", "markdown")
ENGLISH = "en"
COPIED_STEPS = 400  # of a trace whose page holds it in these notations too


def draw(
    trace: Trace,
    format: str,
    detail: Detail | str = "normal",
    show_secrets: bool = False,
    width: int | None = None,
    colour: bool = False,
    view: View = PLAIN,
    lang: str = "en",
) -> str:
    """The trace as a chart.

    ``format`` is one that FORMATS has, ``detail`` "brief", "normal" or "full"; ``width`` (columns) and ``colour`` (ANSI
    escapes) are for text. ``view`` says whose knowledge is shown, and whether somebody listens; ``lang`` is that of all
    words that are not the RFCs' names: "en", "da" or "zh". JSON always holds everything, in no language. Raises
    ConfigurationError for a format, a detail or a language that does not exist.
    """
    if format not in FORMATS.values():
        raise ConfigurationError(f"no format is called {format!r}; there are {_choices()}")
    if detail not in list(Detail):
        raise ConfigurationError(f"no detail is called {detail!r}; there are {', '.join(Detail)}")
    if format == "json":
        return trace.to_json(show_secrets=show_secrets) + "\n"
    shown, level = reveal(trace) if show_secrets else withhold(trace), Detail(detail)
    if format == "html":
        return _page(shown, level, view, lang)
    charts = _charts(shown, _knowing(view, level) if format == "svg" else view, lang)
    return _render(shown, format, charts, level, lang, width, colour)


def format_of(path: str) -> str:
    """The format that a file's name asks for. Raises ConfigurationError when it asks for none of ours."""
    for extension, name in FORMATS.items():
        if path.lower().endswith(extension):
            return name
    raise ConfigurationError(f"{path}: its name does not say which format; there are {_choices()}")


def _charts(trace: Trace, view: View, lang: str) -> ChartAt:
    """The chart of the trace at a level of detail, which is made once however many ask for it."""
    return cache(lambda level: in_language(chart_of(trace, level, view), lang))


def _render(
    trace: Trace,
    name: str,
    chart_at: ChartAt,
    detail: Detail,
    lang: str,
    width: int | None = None,
    colour: bool = False,
) -> str:
    if name == "markdown":
        from hellodone.diagram import markdown, mermaid

        return markdown.render(trace, chart_at, lambda charts: mermaid.render(charts, Detail.brief), detail, lang)
    return picture(chart_at, name, detail, width, colour)


def in_language(chart: Chart, lang: str) -> Chart:
    """The chart, its words in that language. Raises ConfigurationError for an unknown one."""
    if lang == ENGLISH:
        return chart
    from hellodone.diagram.language import language
    from hellodone.diagram.translate import translated

    return translated(chart, language(lang))


def words_of(lang: str) -> Words:
    """What turns our English into that language. Raises ConfigurationError for an unknown one."""
    if lang == ENGLISH:
        return str
    from hellodone.diagram.language import language

    return language(lang).text


def picture(chart_at: ChartAt, format: str, detail: Detail, width: int | None = None, colour: bool = False) -> str:
    """The chart that ``chart_at`` makes at a level of detail, in a format that is a picture of it: one of PICTURES.

    The modules of the other formats need not be loaded.
    """
    if format == "text":
        from hellodone.diagram import text

        return text.render(chart_at(detail), width=width or text.DEFAULT_WIDTH, colour=colour)
    if format == "plantuml":
        from hellodone.diagram import plantuml

        return plantuml.render(chart_at(detail))
    if format == "mermaid":
        from hellodone.diagram import mermaid

        return mermaid.render(chart_at, detail)
    if format == "svg":
        from hellodone.diagram import svg

        return svg.render(chart_at(detail))
    from hellodone.diagram import sequencediagram

    return sequencediagram.render(chart_at(detail))


def _page(trace: Trace, detail: Detail, view: View, lang: str) -> str:
    """The page, with the charts that can be copied from it unless they are too long to be of use."""
    from hellodone.diagram import html

    names = COPIED if len(trace.steps) <= COPIED_STEPS else ()
    charts = _charts(trace, view, lang)
    sources = {name: _render(trace, name, charts, detail, lang) for name in names}
    if lang == ENGLISH:
        return html.render(trace, detail, _knowing(view, detail), sources)
    from hellodone.diagram.language import language

    shown = _knowing(view, detail)
    return html.render(trace, detail, shown, sources, words=language(lang))


def _knowing(view: View, detail: Detail) -> View:
    """A picture has room for what each side knows."""
    return view if detail is Detail.brief else replace(view, knowledge=True)


def _choices() -> str:
    names = dict.fromkeys(FORMATS.values())
    return ", ".join(f"{name} ({next(end for end in FORMATS if FORMATS[end] == name)})" for name in names)
