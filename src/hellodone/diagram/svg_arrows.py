"""Arrows of a picture: what travels in the clear is a line, its text in the open; what is protected, a sealed tube."""

from __future__ import annotations

from hellodone.diagram.rows import Arrow, Style
from hellodone.diagram.svg_frame import CHANNEL, Frame
from hellodone.diagram.svg_notes import LINE, Box, words
from hellodone.diagram.svg_signs import Sign, sign
from hellodone.diagram.svg_text import Font, broken, escaped, shortened, tag

TITLE = Font(14, bold=True)
TAG = Font(11, bold=True)
FIELD = Font(12.5)
BADGE = 11.0  # half the height of a number's badge
TUBE = 28.0
INDENT = 26.0  # of words, from either lane


def arrow_box(arrow: Arrow, frame: Frame, caption: str = "") -> Box:
    """The arrow with its title and lines, between the lanes of its parties; its box is as wide as the picture.

    ``caption`` stands where the tag does when the arrow has none, and the title leaves it room.
    """
    start, end = frame.lanes[arrow.sender], frame.lanes[arrow.receiver]
    if start == end:
        return _computation(arrow, frame)
    near = min(start, end)
    room = min(abs(end - start), CHANNEL)
    sealed = bool(arrow.protection)
    shaft, label_height = _tube(arrow, start, end) if sealed else _line(arrow, start, end)
    titles, title_height, below = _title(arrow, near, room, caption)
    top = title_height if not sealed else 0.0
    body, height = _fields(arrow, near, room, top + label_height, below)
    y = top + label_height / 2
    mark = badge(arrow.number, start, y) if arrow.number else ""
    kind = f"arrow {arrow.style}" + (" sealed" if sealed else "") + (" readable" if readable(arrow) else "")
    drawn = tag("g", body + tag("g", shaft, transform=f"translate(0 {y:.1f})") + titles + mark, class_=kind)
    return Box(frame.width, max(height, y + BADGE), drawn, y)


def readable(arrow: Arrow) -> bool:
    """Whether what protects it only authenticates: a suite without encryption."""
    return arrow.protection.startswith("NULL")


def _title(arrow: Arrow, near: float, room: float, caption: str) -> tuple[str, float, str]:
    """Title and tag: above a line, inside a tube; and the tag again if there is no room for it, to stand below."""
    sealed = bool(arrow.protection)
    left = near + INDENT + (16 if sealed else 0)
    end = near + room - INDENT
    label = shortened(arrow.tag or caption, TAG, room * 0.4)
    crowded = bool(label) and TITLE.width(arrow.title) + TAG.width(label) + 10 > end - left
    below = arrow.tag if sealed and crowded else ""
    if below or (crowded and not arrow.tag):
        label = ""
    if sealed:
        lines = [shortened(arrow.title, TITLE, end - left - (TAG.width(label) + 10 if label else 0))]
        base = TUBE / 2 + 5
        drawn = sign(Sign.open_lock if readable(arrow) else Sign.lock, "lock", near + INDENT, TUBE / 2 - 6)
    else:
        lines = broken(arrow.title, TITLE, end - left - (TAG.width(label) + 10 if label else 0))
        base = 14.0
        drawn = screen(left, 0, max(map(TITLE.width, lines)), LINE * len(lines))
    drawn += words(lines, left, base, "title")
    if label:
        kind = "tag" if arrow.tag else "caption"
        drawn += tag("text", escaped(label), class_=kind, x=end, y=base - 0.5)
    return drawn, LINE * len(lines) - 2, below


def screen(left: float, top: float, width: float, height: float) -> str:
    """What hides a lane behind words."""
    return tag("rect", class_="paper", x=left - 3, y=top, width=width + 6, height=height)


def _line(arrow: Arrow, start: float, end: float) -> tuple[str, float]:
    way = 1 if end > start else -1
    tip = end - way * 2
    shaft = tag("path", class_="shaft", d=f"M{start + way * (BADGE if arrow.number else 1):.1f} 0H{tip - way * 8:.1f}")
    head = tag("path", class_="head", d=f"M{tip:.1f} 0l{-way * 11} -5.5v11z")
    cross = ""
    if arrow.style is Style.fatal:
        cross = tag("path", class_="cross", d=f"M{max(start, end) - 60:.1f} -5l10 10m0 -10l-10 10")
    return shaft + head + cross, 14.0


def _tube(arrow: Arrow, start: float, end: float) -> tuple[str, float]:
    """Rounded where it leaves, pointed where it arrives."""
    way = 1 if end > start else -1
    half = TUBE / 2
    body = start + way * 2
    neck = end - way * 16
    path = f"M{body:.1f} {-half}H{neck:.1f}L{end - way * 2:.1f} 0L{neck:.1f} {half}H{body:.1f}Z"
    return tag("path", class_="tube", d=path), TUBE


def _fields(arrow: Arrow, near: float, room: float, top: float, below: str) -> tuple[str, float]:
    """The lines below, names apart from values; in a tube, ``below`` is the tag for which it had no room."""
    left, y = near + INDENT, top + 5
    drawn, widest = [], 0.0
    if below:
        drawn.append(tag("text", escaped(below), class_="tag", x=near + room - INDENT, y=y + 12.5))
        y += LINE
    for text in arrow.lines:
        lead = len(text) - len(text.lstrip(" "))
        x = left + 7 * lead
        parts = broken(text.lstrip(" "), FIELD, near + room - 24 - x, 14)
        widest = max(widest, *[x - left + FIELD.width(part) + (14 if n else 0) for n, part in enumerate(parts)])
        named = arrow.style not in (Style.data, Style.kernel)
        drawn.append(_named(parts, x, y + 12.5) if named else words(parts, x, y + 12.5, "field", indent=14))
        y += LINE * len(parts)
    if not drawn:
        return "", top
    if not arrow.protection:
        return screen(left, top + 4, widest, y - top - 2) + "".join(drawn), y
    back = tag("rect", class_="sealed-body", x=near + 12, y=top - 1, width=room - 24, height=y - top + 6)
    return back + "".join(drawn), y + 5


def _named(parts: list[str], x: float, base: float) -> str:
    name, colon, value = parts[0].partition(": ")
    if not colon or len(name) > 32:
        return words(parts, x, base, "field", indent=14)
    first = tag("tspan", escaped(name + ": "), class_="name") + f"{escaped(value)} "
    rest = [tag("tspan", escaped(part) + " ", x=x + 14, y=base + LINE * n) for n, part in enumerate(parts[1:], 1)]
    return tag("text", first + "".join(rest), class_="field", x=x, y=base)


def badge(number: int, x: float, y: float) -> str:
    """The number of a step, around that point."""
    width = max(2 * BADGE, 8.5 * len(str(number)) + 10)
    back = tag("rect", class_="badge", x=x - width / 2, y=y - BADGE, width=width, height=2 * BADGE, rx=BADGE)
    return back + tag("text", str(number), class_="number", x=x, y=y + 4.3)


def _computation(arrow: Arrow, frame: Frame) -> Box:
    """A party computes: a loop back to its own lane, into the channel."""
    lane = frame.lanes[arrow.sender]
    way = -1 if lane >= frame.right else 1
    room = CHANNEL - 80
    lines = [(line, "title") for line in broken(arrow.title, TITLE, room)]
    lines += [(part, "field") for line in arrow.lines for part in broken(line, FIELD, room, 14)]
    left = lane + 44 if way > 0 else lane - 44 - room
    drawn = [words([text], left, 14 + LINE * index, kind) for index, (text, kind) in enumerate(lines)]
    height = max(30.0, LINE * len(lines) + 4)
    loop = tag("path", class_="shaft", d=f"M{lane:.1f} 6h{way * 30}v18h{-way * 20}")
    head = tag("path", class_="head", d=f"M{lane + way * 2:.1f} 24l{way * 11} -5.5v11z")
    return Box(frame.width, height, tag("g", loop + head + "".join(drawn), class_=f"arrow {arrow.style}"))
