"""How much plaintext a record may carry in either direction, by what was negotiated (RFC 6066, 4; RFC 8449, 4)."""

from __future__ import annotations

from typing import Any

from hellodone.handshake.context import Handshake
from hellodone.record.layer import MAX_PLAINTEXT


def limit_writes(hs: Handshake[Any]) -> None:
    """What the peer takes, from the keys of this handshake on (RFC 8449, 4)."""
    hs._channel.limit_writes(_limit(hs, "server" if hs._role == "client" else "client"))


def limit_reads(hs: Handshake[Any]) -> None:
    """What this side takes, from the keys of this handshake on."""
    hs._channel.limit_reads(_limit(hs, hs._role))


def limit_at_once(hs: Handshake[Any]) -> None:
    """max_fragment_length counts from the hellos on (RFC 6066, 4).

    A server that renegotiates waits for the new keys: the client may have sent data before it saw the ServerHello.
    """
    hs._channel.limit_writes(hs.max_fragment_length)
    if hs._role == "client" or hs._previous is None:
        hs._channel.limit_reads(hs.max_fragment_length)


def _limit(hs: Handshake[Any], receiver: str) -> int:
    facts = vars(hs)
    if "server_record_size_limit" in facts:  # both have said theirs
        limit: int = facts[f"{receiver}_record_size_limit"]
        return min(limit, MAX_PLAINTEXT)
    fragment: int = facts.get("max_fragment_length", MAX_PLAINTEXT)
    return fragment
