"""A small grammar of sequencediagram.org's notation: what our charts may consist of, and nothing else.

The rules are those of the site's own instructions: one statement a line; ``*``, ``/``, ``-``, ``+``, ``_``, ``~`` and
``"`` doubled switch a style; ``<`` begins a tag; ``#`` at the beginning of a line a comment, elsewhere before a text a
colour; ``\\n`` is a new line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.diagram.arrows import Arrow, Direction

NAME = r"(?P<{}>[A-Za-z]\w*)"
COLOUR = r"#[A-Za-z]+"
STATEMENTS = {
    "title": re.compile(r"title (?P<text>.+)"),
    "participant": re.compile(r'participant "(?P<label>[^"]*)" as ' + NAME.format("name")),
    "autonumber": re.compile(r"autonumber (?P<number>\d+|off)"),
    "divider": re.compile(r"==(?P<text>.+)=="),
    "loop": re.compile(r"loop (?P<text>[^#].*)"),
    "fragment": re.compile(r"(?P<kind>alt|opt) (?P<text>[^#].*)"),
    "else": re.compile(r"else (?P<text>[^#].*)"),
    "end": re.compile(r"end"),
    "note": re.compile(
        rf"note (?P<place>over|left of|right of) (?P<first>[a-z]+)(,(?P<second>[a-z]+))?( {COLOUR})?:(?P<text>.+)"
    ),
    "message": re.compile(
        NAME.format("sender")
        + rf"(?P<line>--?)(\[{COLOUR}\])?(?P<head>>|x)"
        + NAME.format("receiver")
        + ":(?P<text>.+)"
    ),
}
STYLE = re.compile(r"\*\*|//|__|--|\+\+|~~|\"\"")
TAG = re.compile("<[^\\s\u200b]")


class NotUnderstoodError(Exception):
    """A line that is no statement, or a text that holds markup it should not hold."""


@dataclass
class Diagram:
    """What was read."""

    title: str = ""
    participants: dict[str, str] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dividers: list[str] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)


def parse(text: str) -> Diagram:
    """Read a whole diagram. Raises NotUnderstoodError."""
    diagram = Diagram()
    number, depth = 1, 0
    for line in text.splitlines():
        kind, match = statement(line)
        match kind:
            case "title":
                diagram.title = spoken(match["text"])
            case "participant":
                diagram.participants[match["name"]] = spoken(match["label"])
            case "autonumber":
                number = 0 if match["number"] == "off" else int(match["number"])
            case "divider":
                diagram.dividers.append(spoken(match["text"]))
            case "loop":
                depth += 1
                diagram.loops.append(spoken(match["text"]))
            case "fragment" | "else":
                depth += kind == "fragment"
                diagram.branches.append(spoken(match["text"]))
            case "end":
                depth -= 1
            case "note":
                known(diagram, match["first"], match["second"] or match["first"])
                diagram.notes.append(spoken(match["text"]))
            case "message":
                known(diagram, match["sender"], match["receiver"])
                diagram.arrows.append(message(diagram, number, match))
                number += number > 0
    if depth:
        raise NotUnderstoodError("a loop or an alternative has no end")
    return diagram


def statement(line: str) -> tuple[str, re.Match[str]]:
    """The kind of a line, and its parts."""
    for kind, form in STATEMENTS.items():
        match = form.fullmatch(line)
        if match:
            return kind, match
    raise NotUnderstoodError(line)


def message(diagram: Diagram, number: int, match: re.Match[str]) -> Arrow:
    """One arrow; the first thing of its label may be bold."""
    order = list(diagram.participants)
    bold = re.match(r"\*\*(.*?)\*\*(.*)", match["text"])
    text = spoken(bold[1]) + spoken(bold[2]) if bold else spoken(match["text"])
    start, end = order.index(match["sender"]), order.index(match["receiver"])
    direction: Direction = "self" if start == end else "right" if start < end else "left"
    return Arrow(str(number) if number else "", tuple(text.split("\n")), direction)


def known(diagram: Diagram, *names: str) -> None:
    """Participants are declared before they are used."""
    for name in names:
        if name not in diagram.participants:
            raise NotUnderstoodError(f"{name} is no participant")


def spoken(text: str) -> str:
    """A text as it is shown. Raises NotUnderstoodError when it holds markup."""
    if STYLE.search(text) or TAG.search(text):
        raise NotUnderstoodError(f"markup in {text!r}")
    return text.replace("\\n", "\n").replace("\u200b", "")
