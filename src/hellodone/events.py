"""What a connection tells its caller about (``receive_data``, ``receive_eof``)."""

from __future__ import annotations

from dataclasses import dataclass

from hellodone.errors import AlertDescription, AlertLevel


@dataclass(frozen=True, slots=True)
class HandshakeCompleted:
    """Both Finished messages are verified; application data may flow."""

    resumed: bool = False


@dataclass(slots=True)  # not frozen: there is one for every record, and freezing doubles what making it costs
class DataReceived:
    """Application data of the peer, in order."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AlertReceived:
    """A warning of the peer that does not end the connection."""

    level: AlertLevel
    description: AlertDescription | int


@dataclass(frozen=True, slots=True)
class CloseNotifyReceived:
    """The peer will send nothing more (RFC 5246, 7.2.1)."""


Event = HandshakeCompleted | DataReceived | AlertReceived | CloseNotifyReceived
