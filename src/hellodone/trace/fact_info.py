"""The form of an entry in the table of facts."""

from __future__ import annotations

from dataclasses import dataclass

from hellodone.trace.model import Origin, Party


@dataclass(frozen=True, slots=True)
class Source:
    """One way to know a fact: for ``party`` (None: anyone), from ``inputs``, as ``formula`` says."""

    origin: Origin
    party: Party | None = None
    inputs: tuple[str, ...] = ()
    formula: str = ""


@dataclass(frozen=True, slots=True)
class FactInfo:
    """What is true of a fact in every handshake. ``sources`` are in the order in which they are to be tried."""

    name: str
    meaning: str
    reference: str = ""
    secret: bool = False
    sources: tuple[Source, ...] = ()

    def sources_of(self, party: Party) -> tuple[Source, ...]:
        """The ways that are open to this party."""
        return tuple([source for source in self.sources if source.party is None or source.party is party])
