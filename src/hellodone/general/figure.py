"""The protocol in the RFCs' own manner: two columns, ``*`` and ``+``, as in RFC 5246 and figure 1 of RFC 4492."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hellodone.diagram.rows import Words
from hellodone.diagram.wrap import columns, wrap
from hellodone.general.conditions import NO, condition
from hellodone.general.order import Slot, aligned
from hellodone.general.runs import Key, Run
from hellodone.trace.model import Kind, Party

OPTIONAL, AUTHENTICATION = "*", "+"
LEGEND = {
    OPTIONAL: "message is not sent under some conditions",
    AUTHENTICATION: "message is not sent unless client authentication is desired",
}
MARGIN, ARROWS, WIDTH = 6, 35, 65  # columns: the client's messages, the arrows, the end of the server's
COLUMNS = 72  # of the conditions below
_LEFT, _RIGHT, _BOTH = "<--------", "-------->", "<------->"
_DATA = "Application Data"
_SHOWN = (Kind.message, Kind.change_cipher_spec)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a figure. ``when`` is the condition of a message that is not always sent."""

    sender: Party
    name: str
    marks: str = ""
    when: str = ""

    @property
    def label(self) -> str:
        """As it stands in its column."""
        return f"{self.name}{self.marks}"


def lines_of(runs: Sequence[Run]) -> tuple[Line, ...]:
    """The messages of the first handshake of these runs, none of which may fail, in the order that they have in common.

    Raises ValueError when they have none: full and abbreviated handshakes are two figures.
    """
    slots = aligned({i: tuple(_handshake(run)) for i, run in enumerate(runs)}, runs)
    if slots is None:
        raise ValueError("these runs have contrary orders")
    return tuple([_line(slot, runs) for slot in slots])


def _handshake(run: Run) -> Iterator[Key]:
    for event in run.events:
        if event.key.time == 1 or event.key.name in ("Finished", "ChangeCipherSpec"):
            if event.step.kind is Kind.application_data:
                return
            if event.step.kind in _SHOWN:
                yield event.key


def _line(slot: Slot, runs: Sequence[Run]) -> Line:
    sender = slot.key.sender
    assert sender is not None, "a second handshake comes behind application data"
    name = "[ChangeCipherSpec]" if slot.key.name == "ChangeCipherSpec" else slot.key.name
    if len(slot.runs) == len(runs):
        return Line(sender, name)
    asked, all_asked = ([run.features.get("client_auth", NO) != NO for run in some] for some in (slot.runs, runs))
    marks = OPTIONAL + (AUTHENTICATION if all(asked) and not all(all_asked) else "")
    return Line(sender, name, marks, condition(slot.runs, runs) or "")


def figure(runs: Sequence[Run], caption: str, words: Words = str) -> str:
    """The figure with its legend, and below it when the optional messages are sent, the prose by ``words``."""
    lines = lines_of(runs)
    head = f"{' ' * MARGIN}Client{'Server':>{WIDTH - MARGIN - len('Client')}}"
    marks = [mark for mark in LEGEND if any(mark in line.marks for line in lines)]
    blocks = [
        [head],
        [*_columns(lines), _data()],
        [f"{' ' * (MARGIN + 3)}{mark} {words(LEGEND[mark])}" for mark in marks],
        [_centred(words(caption))],
        list(_conditions(lines, words)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _columns(lines: Sequence[Line]) -> Iterator[str]:
    for index, line in enumerate(lines):
        last = index + 1 == len(lines) or lines[index + 1].sender is not line.sender
        if line.sender is Party.client:
            text = " " * MARGIN + line.label
            yield f"{text:<{ARROWS}}{_RIGHT}" if last else text
        else:
            arrow = " " * ARROWS + _LEFT if last else ""
            yield arrow + f"{line.label:>{WIDTH - len(arrow)}}"


def _data() -> str:
    return f"{' ' * MARGIN + _DATA:<{ARROWS}}{_BOTH}{_DATA:>{WIDTH - ARROWS - len(_BOTH)}}"


def _centred(text: str) -> str:
    """As ``str.center`` does it, by columns."""
    return text.center(WIDTH + MARGIN - columns(text) + len(text)).rstrip()


def _conditions(lines: Iterable[Line], words: Words) -> Iterator[str]:
    """Who sends it, and when."""
    for line in lines:
        if line.when:
            yield words(f"   {line.label} of the {line.sender}:")
            yield from wrap(f"      {words(line.when)}", COLUMNS, "")
