"""TCP's part of a trace: the segments that the kernel sends when a connection is made and ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hellodone.trace.model import Party


def addresses(event: str, details: Mapping[str, Any], us: Party) -> dict[str, str]:
    """Who is where, as far as the event tells: ``{"client": "127.0.0.1:50312", "server": ...}``."""
    if event not in ("connected", "accepted"):
        return {}
    peer = Party.server if us is Party.client else Party.client
    known = {us.value: str(details.get("local", "")), peer.value: str(details.get("peer", ""))}
    return {party: address for party, address in known.items() if address}


def segments(event: str, sent: bool, details: Mapping[str, Any], client: bool) -> Iterator[tuple[str, bool, str]]:
    """The segments of an event: name, whether this side sent it, and one line for the arrow."""
    if event in ("connected", "accepted"):
        yield "SYN", client, _destination(details, client)
        yield "SYN+ACK", not client, _times(details)
        yield "ACK", client, "the connection is established"
    elif event == "fin":
        yield "FIN", sent, "no more bytes will come"
    elif event == "rst":
        yield "RST", sent, str(details.get("reason", "the connection is dropped"))


def _destination(details: Mapping[str, Any], client: bool) -> str:
    target = details.get("peer") if client else details.get("local")
    return f"to {target}" if target else ""


def _times(details: Mapping[str, Any]) -> str:
    parts = []
    if isinstance(details.get("seconds"), float):
        parts.append(f"after {details['seconds'] * 1000:.2f} ms")
    if isinstance(details.get("rtt"), float):
        parts.append(f"round-trip time {details['rtt'] * 1000:.2f} ms")
    return ", ".join(parts)
