"""Sentences for handshakes that end without a reason of the protocol's: what was seen, expected, and what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.transport.errors import ConnectionLost, NotTls, VersionRefused
from hellodone.transport.sniff import quote, recognise_client, recognise_server

if TYPE_CHECKING:
    from hellodone.endpoint import ClientConnection, ServerConnection


class Side(Protocol):
    """One end of a connection as its transport holds it; ``peer`` names the other in sentences."""

    @property
    def peer(self) -> str:
        """The other end, for people."""
        ...

    @property
    def is_client(self) -> bool:
        """Which end this is."""
        ...

    @property
    def connection(self) -> ClientConnection | ServerConnection:
        """What was said."""
        ...


_MAYBE_NOT_TLS = "perhaps it does not speak TLS on this port, or only after --starttls"


def silence(side: Side, seconds: float, heard: bool) -> ConnectionLost:
    """The time-out passed before the handshake was complete."""
    if heard:
        return ConnectionLost(
            f"{side.peer} fell silent in the middle of the handshake; not complete within {round(seconds, 1):g} s"
        )
    if not side.is_client:
        return ConnectionLost(
            f"{side.peer} connected and said nothing within {round(seconds, 1):g} s; expected a ClientHello"
        )
    return ConnectionLost(
        f"{side.peer} accepted the TCP connection and said nothing within {round(seconds, 1):g} s; "
        f"expected a ServerHello in answer to our ClientHello: {_MAYBE_NOT_TLS}"
    )


def end(side: Side, heard: bool) -> ConnectionLost:
    """The peer ended the stream before the handshake was complete, without an alert."""
    return ConnectionLost(f"{side.peer} closed the connection {_moment(side, heard)}")


def reset(side: Side, heard: bool) -> ConnectionLost:
    """The connection was reset, by the peer or by something in between."""
    if side.connection.handshake_complete:
        return ConnectionLost(f"{side.peer} reset the connection; data may be missing on both sides")
    return ConnectionLost(f"{side.peer} reset the connection {_moment(side, heard)}")


def refusal(side: Side, error: FatalAlert) -> FatalAlert:
    """The same, or, when the peer wants no TLS 1.2 at all, the sentence that says which versions are left."""
    if error.sender == "peer" and error.alert == AlertDescription.protocol_version and side.is_client:
        return VersionRefused(
            AlertDescription.protocol_version,
            f"{side.peer} refuses TLS 1.2: it speaks only other versions, today nearly always TLS 1.3 alone; "
            f"hellodone speaks TLS 1.2",
            "peer",
        )
    return error


def stranger(side: Side, data: bytes) -> NotTls:
    """The peer's first bytes are no TLS record."""
    if side.is_client:
        found = recognise_server(data)
        return NotTls(
            f"{side.peer} does not answer in TLS: it sent {quote(data)} and looks like {found.what}; "
            f"expected a ServerHello; {found.remedy}"
        )
    found = recognise_client(data)
    return NotTls(
        f"{side.peer} does not speak TLS: it sent {quote(data)} and looks like {found.what}; "
        f"expected a ClientHello; {found.remedy}"
    )


def _moment(side: Side, heard: bool) -> str:
    if heard:
        return "in the middle of the handshake, without an alert"
    if not side.is_client:
        return "before it sent a ClientHello"
    return f"when it saw our ClientHello, without a word; expected a ServerHello or an alert: {_MAYBE_NOT_TLS}"
