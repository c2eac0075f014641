"""What a chart consists of, before any notation: participants, and rows from top to bottom.

All texts are plain: one line each, printable characters only, no markup. A notation escapes what is special in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hellodone.trace.model import Party


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
    activation = "activation"  # keys that are used from here on
    success = "success"
    failure = "failure"
    remark = "remark"


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
    """Something travels. ``last`` is the number of the last step it stands for, when it stands for several."""

    number: int
    sender: Party
    receiver: Party
    title: str
    lines: tuple[str, ...] = ()
    style: Style = Style.message
    protection: str = ""
    last: int = 0

    @property
    def tag(self) -> str:
        """What stands in brackets behind the title: the cipher that protects it, or that the kernel sent it."""
        return KERNEL if self.style is Style.kernel else self.protection

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
    """The heading of a phase."""

    title: str


@dataclass(frozen=True, slots=True)
class Loop:
    """Arrows that were repeated."""

    title: str
    rows: tuple[Arrow, ...]


Row = Arrow | Note | Divider | Loop


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart. Rows refer to participants only."""

    title: str
    participants: tuple[Participant, ...]
    rows: tuple[Row, ...]
    detail: Detail = Detail.normal
