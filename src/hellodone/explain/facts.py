"""What the parties of a handshake come to know, by the table of facts: ``master_secret``, ``verify_data`` ..."""

from __future__ import annotations

from hellodone.explain.entry import Entry, Part
from hellodone.trace.fact_info import FactInfo, Source
from hellodone.trace.model import Origin


def explain_fact(info: FactInfo) -> Entry:
    """The value, whether it is secret, and every way to know it."""
    secret = " A secret." if info.secret else ""
    ways = tuple(dict.fromkeys(_way(source) for source in info.sources))
    return Entry("value", info.name, info.meaning + secret, info.reference, ways)


def _way(source: Source) -> Part:
    """Who can know it, and how."""
    who = f"the {source.party}" if source.party is not None else "whoever can"
    match source.origin:
        case Origin.computed:
            inputs = f", from {', '.join(source.inputs)}" if source.inputs else ""
            return Part(who, f"computes {source.formula or 'it'}{inputs}")
        case Origin.chosen:
            return Part(who, "chooses it")
        case Origin.configured:
            return Part(who if source.party else "either side", "has it from its configuration")
        case _:
            return Part(who, str(source.origin) + (f": {source.formula}" if source.formula else ""))
