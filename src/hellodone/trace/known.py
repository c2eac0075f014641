"""One thing that a party knows, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hellodone.trace.model import Origin, Value


class How(StrEnum):
    """How somebody comes to know something."""

    seen = "seen"  # read in a message, in the clear or opened with a key
    chosen = "chosen"  # by itself
    configured = "configured"  # had it before
    computed = "computed"  # from other things it knows


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that a party knows from ``step`` on. ``inputs`` are names of facts, ``value`` is "" where no trace has it.

    ``message`` is the step in which it was seen, earlier than ``step`` where it had to be opened; 0 if it was not seen.
    ``handshake`` counts the handshakes of the trace from 0; what outlives them stands at the first of its connection.
    """

    name: str
    how: How
    step: int
    inputs: tuple[str, ...] = ()
    formula: str = ""
    meaning: str = ""
    secret: bool = False
    value: Value = ""
    handshake: int = 0
    connection: int = 0
    message: int = 0


HOW = {
    Origin.chosen: How.chosen,
    Origin.configured: How.configured,
    Origin.received: How.seen,
    Origin.agreed: How.computed,
    Origin.computed: How.computed,
    Origin.verified: How.computed,
}
