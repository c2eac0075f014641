"""The form of an entry in the table of facts."""

from __future__ import annotations

from dataclasses import dataclass

from hellodone.trace.model import Origin, Party
from hellodone.trace.traits import Trait


@dataclass(frozen=True, slots=True)
class Source:
    """One way to know a fact: for ``party`` (None: anyone), from ``inputs``, as ``formula`` says.

    It is open in handshakes that have all the traits of ``when``.
    """

    origin: Origin
    party: Party | None = None
    inputs: tuple[str, ...] = ()
    formula: str = ""
    when: frozenset[Trait] = frozenset()


@dataclass(frozen=True, slots=True)
class FactInfo:
    """What is true of a fact in every handshake. ``sources`` are in the order in which they are to be tried."""

    name: str
    meaning: str
    reference: str = ""
    secret: bool = False
    sources: tuple[Source, ...] = ()

    def sources_of(self, party: Party, traits: frozenset[Trait] | None = None) -> tuple[Source, ...]:
        """The ways that are open to this party, in a handshake with these traits (None: in some handshake)."""
        return tuple(
            [
                source
                for source in self.sources
                if (source.party is None or source.party is party) and (traits is None or source.when <= traits)
            ]
        )
