"""Read the arrows out of a drawn sequence diagram: PlantUML's and Mermaid's dialects of SVG.

Mermaid marks its messages. PlantUML writes bare lines, so that an arrow is told by its shape: a head, then
a level line, then the texts of its label, in this order in the file.
"""

import re
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

Direction = Literal["right", "left", "self"]

LARGEST_HEAD = 16.0  # pixels; larger polygons are frames and notes
SAME_WORD = 2.0  # pixels between two pieces of text that are drawn as one word

# The letters are those of `letter`: P and D heads, H level and V upright lines, T text.
ARROW = re.compile(r"HVH(?:P|D{1,2})(?P<own>T*)|(?P<head>[PD]+)(?P<line>H)(?P<label>T*)")


@dataclass(frozen=True, slots=True)
class Arrow:
    """One message of a drawn diagram: its running number ("" without), its label's lines, where it points."""

    number: str
    lines: tuple[str, ...]
    direction: Direction

    @property
    def label(self) -> str:
        """The whole label, its lines joined by a space."""
        return " ".join(self.lines)


def mermaid_arrows(svg: str) -> list[Arrow]:
    """The messages of a Mermaid sequence diagram, from top to bottom."""
    arrows: list[Arrow] = []
    lines: list[str] = []
    for node in ElementTree.fromstring(svg).iter():
        kind = node.get("class", "")
        if "messageText" in kind:
            lines.append(plain(node))
        elif node.get("data-et") == "message":
            arrows.append(Arrow("", tuple(line for line in lines if line), mermaid_direction(node)))
            lines = []
        elif "sequenceNumber" in kind and arrows:
            arrows[-1] = Arrow(plain(node), arrows[-1].lines, arrows[-1].direction)
    return arrows


def mermaid_direction(node: ElementTree.Element) -> Direction:
    """Where a Mermaid message points."""
    if node.get("data-from") == node.get("data-to"):
        return "self"
    return "right" if number(node, "x1") < number(node, "x2") else "left"


def plantuml_arrows(svg: str) -> list[Arrow]:
    """The messages of a PlantUML sequence diagram, from top to bottom."""
    nodes = [node for node in ElementTree.fromstring(svg).iter() if letter(node)]
    shape = "".join(letter(node) for node in nodes)
    return [plantuml_arrow(match, nodes) for match in ARROW.finditer(shape)]


def plantuml_arrow(match: re.Match[str], nodes: list[ElementTree.Element]) -> Arrow:
    """One arrow out of the elements that `ARROW` matched."""
    own = match["own"] is not None
    texts = nodes[slice(*match.span("own" if own else "label"))]
    count, lines = split_number(texts)
    if own:
        return Arrow(count, lines, "self")
    line = nodes[match.start("line")]
    head = sum(map(middle, nodes[slice(*match.span("head"))])) / len(match["head"])
    return Arrow(count, lines, "right" if head > middle(line) else "left")


def letter(node: ElementTree.Element) -> str:
    """The kind of a drawn element in one letter; "" for what draws nothing, "." for what is no part of an arrow."""
    name = node.tag.rpartition("}")[2]
    if name == "line":
        across, along = (number(node, f"{axis}1") - number(node, f"{axis}2") for axis in "xy")
        return "H" if along == 0 else "V" if across == 0 else "D"
    if name == "polygon":
        return "P" if max(size(corners(node))) <= LARGEST_HEAD else "."
    if name in ("rect", "path", "ellipse", "circle", "image"):
        return "."
    return "T" if name == "text" else ""


def split_number(texts: list[ElementTree.Element]) -> tuple[str, tuple[str, ...]]:
    """Part autonumber's own text from the label: it stands first and to the left of everything else."""
    if len(texts) > 1 and re.fullmatch(r"\W*\d+\W*", plain(texts[0])):
        first, *rest = texts
        if all(number(first, "x") < number(text, "x") for text in rest):
            return plain(first), joined(rest)
    return "", joined(texts)


def joined(texts: list[ElementTree.Element]) -> tuple[str, ...]:
    """The lines of a label; pieces at the same height are one line, drawn piecewise where the style changes."""
    lines: list[str] = []
    before: ElementTree.Element | None = None
    for text in texts:
        if before is not None and number(before, "y") == number(text, "y"):
            gap = number(text, "x") - number(before, "x") - number(before, "textLength")
            lines[-1] += ("" if gap < SAME_WORD else " ") + plain(text)
        else:
            lines.append(plain(text))
        before = text
    return tuple(line for line in lines if line)


def plain(node: ElementTree.Element) -> str:
    """The text of an element with single ordinary spaces."""
    return " ".join("".join(node.itertext()).replace("\u200b", "").split())


def corners(node: ElementTree.Element) -> list[tuple[float, float]]:
    """The points of a polygon."""
    values = [float(value) for value in node.get("points", "").replace(",", " ").split()]
    return list(zip(values[::2], values[1::2], strict=True))


def size(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Width and height of some points."""
    xs, ys = zip(*points, strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


def middle(node: ElementTree.Element) -> float:
    """How far to the right the middle of a line or a polygon stands."""
    points = corners(node)
    if points:
        return sum(x for x, _ in points) / len(points)
    return (number(node, "x1") + number(node, "x2")) / 2


def number(node: ElementTree.Element, name: str) -> float:
    """A numeric attribute, 0 when it is not there."""
    return float(node.get(name, "0"))
