"""How a connection fails around TLS: nobody there, somebody else there, somebody gone.

A fatal alert of either side stays a :class:`~hellodone.errors.FatalAlert`.
"""

from __future__ import annotations

from hellodone.errors import FatalAlert, TlsError


class PeerNotReached(TlsError):
    """There was no TCP connection: the name is unknown, the port closed, the network silent."""


class NotTls(TlsError):
    """The peer speaks something else. The sentence says what was seen, what was expected and what would help."""


class StartTlsRefused(NotTls):
    """The peer speaks the protocol that was asked for, but does not change to TLS."""


class ConnectionLost(TlsError):
    """The connection broke off without an alert: a reset, an end of the stream, or silence past the time-out."""


class VersionRefused(FatalAlert):
    """The peer refused TLS 1.2 altogether (protocol_version in answer to the first hello)."""
