"""How the entries of the table of facts are written: where a fact comes from, in a word."""

from __future__ import annotations

from hellodone.trace.fact_info import FactInfo, Source
from hellodone.trace.model import Origin, Party
from hellodone.trace.traits import Trait

CLIENT, SERVER = Party.client, Party.server


def chosen(party: Party, formula: str = "", *inputs: str, when: tuple[Trait, ...] = ()) -> Source:
    """Drawn at random or picked by this party."""
    return Source(Origin.chosen, party, inputs, formula, frozenset(when))


def said_by(party: Party) -> tuple[Source, Source]:
    """Chosen by one side, received by the other."""
    return chosen(party), Source(Origin.received, SERVER if party is CLIENT else CLIENT)


def configured(party: Party | None = None, *, when: tuple[Trait, ...] = ()) -> Source:
    """There before the connection."""
    return Source(Origin.configured, party, when=frozenset(when))


def shown_by(party: Party) -> tuple[Source, Source]:
    """Configured at one side, received by the other."""
    return configured(party), Source(Origin.received, SERVER if party is CLIENT else CLIENT)


def agreed(*inputs: str, when: tuple[Trait, ...] = ()) -> Source:
    """Follows from what both sides said."""
    return Source(Origin.agreed, None, inputs, when=frozenset(when))


def computed(formula: str, *inputs: str, party: Party | None = None, when: tuple[Trait, ...] = ()) -> Source:
    """A function of other facts, for one party or for anyone."""
    return Source(Origin.computed, party, inputs, formula, frozenset(when))


def verified(party: Party, *inputs: str) -> Source:
    """Established by this party's checks."""
    return Source(Origin.verified, party, inputs)


def public(name: str, meaning: str, reference: str, *sources: Source) -> FactInfo:
    """A fact that travels in the clear, or could."""
    return FactInfo(name, meaning, reference, False, sources)


def secret(name: str, meaning: str, reference: str, *sources: Source) -> FactInfo:
    """A fact that nobody else may know."""
    return FactInfo(name, meaning, reference, True, sources)
