"""What a chart consists of, before any notation: participants, and rows from top to bottom.

All texts are plain: one line each, printable characters only, no markup. A notation escapes what is special in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hellodone.trace.known import How
from hellodone.trace.model import Party

Words = Callable[[str], str]
"""Turns what is said in English into another language; ``str`` leaves it."""


class Detail(StrEnum):
    """How much a chart shows."""

    brief = "brief"  # arrows with one line each
    normal = "normal"  # chosen fields, what was computed, what was checked
    full = "full"  # every field, fact and check


KERNEL = "kernel"  # of arrows that the operating system sends for us


class Style(StrEnum):
    """What kind of arrow it is, where that shows in how it is drawn."""

    message = "message"
    alert = "alert"  # a warning
    fatal = "fatal"
    data = "data"
    kernel = "kernel"  # TCP's own: not ours
    computation = "computation"  # from a party to itself: nothing travels
    other = "other"


class Mark(StrEnum):
    """What a line of a note begins with."""

    none = ""
    passed = "passed"
    failed = "failed"
    value = "value"  # belongs to the line before
    key = "key"  # a secret that was computed or chosen


class Topic(StrEnum):
    """What a note is about, where that shows in how it is drawn."""

    reaction = "reaction"  # what one party did because of the arrow above
    knowledge = "knowledge"  # what one party knows from here on
    activation = "activation"  # keys that are used from here on
    success = "success"
    failure = "failure"
    remark = "remark"
    numbering = "numbering"  # why numbers are missing: for what does not show the steps without arrows


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a note."""

    text: str
    mark: Mark = Mark.none


@dataclass(frozen=True, slots=True)
class Participant:
    """A lane: ``place`` is an address or a name, "" where none is known."""

    party: Party
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """Something travels, or a party computes (sender and receiver are the same then).

    ``last`` is the number of the last step it stands for, when it stands for several; ``number`` is 0 where it is none.
    """

    number: int
    sender: Party
    receiver: Party
    title: str
    lines: tuple[str, ...] = ()
    style: Style = Style.message
    protection: str = ""
    last: int = 0
    kernel: str = KERNEL

    @property
    def tag(self) -> str:
        """What stands in brackets behind the title: the cipher that protects it, or that the kernel sent it."""
        return self.kernel if self.style is Style.kernel else self.protection

    @property
    def label(self) -> str:
        """The first line: the title and the tag."""
        return f"{self.title} [{self.tag}]" if self.tag else self.title


@dataclass(frozen=True, slots=True)
class Note:
    """Lines at the side of a party, or across all lanes when ``party`` is None.

    ``number`` is that of the step when the step has no arrow: a party acts without sending.
    """

    party: Party | None
    lines: tuple[Line, ...]
    topic: Topic = Topic.reaction
    number: int = 0


@dataclass(frozen=True, slots=True)
class Divider:
    """The heading of a phase, or of a connection that begins."""

    title: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """Arrows that were repeated."""

    title: str
    rows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a party knows. ``name`` is the fact's; ``why`` a phrase: "in step 5, ServerHello".

    ``message`` is the step in which it was seen, 0 if it was not.
    """

    name: str
    how: How
    why: str
    secret: bool = False
    value: str = ""
    meaning: str = ""
    formula: str = ""  # of what is computed: "PRF(...)"
    inputs: tuple[str, ...] = ()  # names of facts
    message: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody who listens makes of the protected step ``number``: its content, or that it stays sealed."""

    number: int
    title: str  # of the message
    readable: bool
    why: str  # "opened with client_write_key", "client_write_key is not known"
    lines: tuple[str, ...] = ()  # what is read


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a party knows since the step ``number`` and did not know before. It stands beside the party's lane.

    ``total`` counts all that the party knows of this connection by then. Readings are the eavesdropper's.
    """

    party: Party
    number: int
    items: tuple[Item, ...] = ()
    readings: tuple[Reading, ...] = ()
    total: int = 0


class FragmentKind(StrEnum):
    """What a frame around rows says of them."""

    alt = "alt"  # one of the branches happens
    opt = "opt"  # its one branch happens or does not
    ends = "break"  # its one branch may happen, and then nothing of what stands behind it does


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on, and its condition."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A frame of the general chart, which may hold others. A branch of ``alt`` may be empty: then nothing happens."""

    kind: FragmentKind
    branches: tuple[Branch, ...]


Row = Arrow | Note | Divider | Loop | Knowledge | Fragment


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart. Rows refer to participants only. ``numbered`` is false where arrows are no steps of a trace.

    ``words`` says in the language of the chart what its renderer has to say itself, in English.
    """

    title: str
    participants: tuple[Participant, ...]
    rows: tuple[Row, ...]
    detail: Detail = Detail.normal
    numbered: bool = True
    words: Words = str


ChartAt = Callable[[Detail], Chart]
"""The chart with so much detail."""
