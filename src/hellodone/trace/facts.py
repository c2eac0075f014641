"""What facts mean: for each name a sentence, the RFC's section, and how a party comes to know the value.

The recorder turns the attributes of a handshake into facts by this table; what somebody can derive from what he has
seen is a closure over its sources. The names are those of the RFCs where they have one.
"""

from __future__ import annotations

from collections.abc import Container

from hellodone.crypto.secret import Secret
from hellodone.trace.fact_info import FactInfo, Source
from hellodone.trace.fact_table import FACTS
from hellodone.trace.model import Fact, Origin, Party, Value
from hellodone.trace.traits import Trait

UNKNOWN = "The table of facts does not describe this value."


def describe(name: str) -> FactInfo:
    """What the table says of that name; for names it does not have, an entry that admits it."""
    return FACTS.get(name) or FactInfo(name, UNKNOWN)


def source_of(name: str, party: Party, known: Container[str], traits: frozenset[Trait] | None = None) -> Source:
    """How this party came to know it: the first way that is open to it and whose inputs it knows.

    ``known`` are names of facts; what is configured, such as the party's private key, counts as known. ``traits`` are
    those of the handshake, None when they are not known. Where no way has all its inputs, the party's first; where it
    has none, Origin.computed from nothing that could be told.
    """
    sources = describe(name).sources_of(party, traits)
    for source in sources:
        if all(part in known or _configured(part, party) for part in source.inputs):
            return source
    return sources[0] if sources else Source(Origin.computed)


def make_fact(
    name: str, value: str | bytes, party: Party, known: Container[str] = (), traits: frozenset[Trait] | None = None
) -> Fact:
    """A fact for a trace. Bytes become a Secret where the table says so and hexadecimal digits elsewhere.

    ``known`` are the names of everything the party knows; they and the handshake's traits decide between several
    sources.
    """
    info = describe(name)
    source = source_of(name, party, known, traits)
    return Fact(
        name=name,
        value=_value(value, info.secret),
        origin=source.origin,
        meaning=info.meaning,
        reference=info.reference,
        inputs=source.inputs,
        formula=source.formula,
        confidential=info.secret,
    )


def _value(value: str | bytes, secret: bool) -> Value:
    if isinstance(value, Secret):
        return value
    if secret:
        return Secret(value.encode() if isinstance(value, str) else value)
    return value.hex() if isinstance(value, bytes) else value


def _configured(name: str, party: Party) -> bool:
    """Whether the party has that from the start, so that no step teaches it: its private key."""
    return any(source.origin is Origin.configured for source in describe(name).sources_of(party))
