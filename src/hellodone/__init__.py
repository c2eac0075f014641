"""hellodone: a complete TLS implementation that shows its work.

The public names live in the modules below and are imported when they are first used (PEP 562): ``hellodone
--version`` must not wait for certificates to be understood.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from hellodone.config import ClientConfig, ServerConfig
    from hellodone.diagram.draw import draw
    from hellodone.endpoint import ClientConnection, ServerConnection
    from hellodone.errors import (
        AlertDescription,
        AlertLevel,
        ConfigurationError,
        ConnectionClosed,
        FatalAlert,
        TlsError,
        TruncationError,
    )
    from hellodone.events import AlertReceived, CloseNotifyReceived, DataReceived, HandshakeCompleted
    from hellodone.pki.identity import Identity
    from hellodone.pki.laboratory import LabAuthority
    from hellodone.pki.revocation import Revocation
    from hellodone.pki.trust import TrustStore
    from hellodone.policy import Policy
    from hellodone.session.redis import RedisSessionStore
    from hellodone.session.store import MemorySessionStore, SessionStore
    from hellodone.session.tickets import TicketKeys
    from hellodone.trace.model import Trace
    from hellodone.transport.asynchronous import open_connection, start_server
    from hellodone.transport.blocking import TlsSocket
    from hellodone.transport.client import connect
    from hellodone.transport.errors import ConnectionLost, NotTls, PeerNotReached, StartTlsRefused, VersionRefused
    from hellodone.transport.listener import TlsListener

_HOMES = {
    "AlertDescription": "errors",
    "AlertLevel": "errors",
    "AlertReceived": "events",
    "ClientConfig": "config",
    "ClientConnection": "endpoint",
    "CloseNotifyReceived": "events",
    "ConfigurationError": "errors",
    "ConnectionClosed": "errors",
    "ConnectionLost": "transport.errors",
    "DataReceived": "events",
    "FatalAlert": "errors",
    "HandshakeCompleted": "events",
    "Identity": "pki.identity",
    "LabAuthority": "pki.laboratory",
    "MemorySessionStore": "session.store",
    "NotTls": "transport.errors",
    "PeerNotReached": "transport.errors",
    "Policy": "policy",
    "RedisSessionStore": "session.redis",
    "Revocation": "pki.revocation",
    "ServerConfig": "config",
    "ServerConnection": "endpoint",
    "SessionStore": "session.store",
    "StartTlsRefused": "transport.errors",
    "TicketKeys": "session.tickets",
    "TlsError": "errors",
    "TlsListener": "transport.listener",
    "TlsSocket": "transport.blocking",
    "Trace": "trace.model",
    "TruncationError": "errors",
    "TrustStore": "pki.trust",
    "VersionRefused": "transport.errors",
    "connect": "transport.client",
    "draw": "diagram.draw",
    "open_connection": "transport.asynchronous",
    "start_server": "transport.asynchronous",
}

__all__ = [
    "AlertDescription",
    "AlertLevel",
    "AlertReceived",
    "ClientConfig",
    "ClientConnection",
    "CloseNotifyReceived",
    "ConfigurationError",
    "ConnectionClosed",
    "ConnectionLost",
    "DataReceived",
    "FatalAlert",
    "HandshakeCompleted",
    "Identity",
    "LabAuthority",
    "MemorySessionStore",
    "NotTls",
    "PeerNotReached",
    "Policy",
    "RedisSessionStore",
    "Revocation",
    "ServerConfig",
    "ServerConnection",
    "SessionStore",
    "StartTlsRefused",
    "TicketKeys",
    "TlsError",
    "TlsListener",
    "TlsSocket",
    "Trace",
    "TruncationError",
    "TrustStore",
    "VersionRefused",
    "connect",
    "draw",
    "open_connection",
    "start_server",
]


def __getattr__(name: str) -> object:
    """A public name, from the module it lives in; from then on it is an attribute like any other."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
