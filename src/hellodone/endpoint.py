"""The public connections: the driver with its handshake, and a recorder when the configuration asks for one."""

from __future__ import annotations

from functools import update_wrapper
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

from hellodone.config import ClientConfig, Config, ServerConfig
from hellodone.connection import Connection, Handshaker
from hellodone.errors import ConfigurationError, ConnectionClosed
from hellodone.handshake.context import C, Role
from hellodone.handshake.exporters import BindingType, channel_binding, exported
from hellodone.handshake.tls12.client import client_handshake
from hellodone.handshake.tls12.server import server_handshake
from hellodone.pki.names import normalize_server_name

if TYPE_CHECKING:
    from hellodone.crypto.secret import Secret
    from hellodone.pki.certificates import Certificate
    from hellodone.registry.suites import CipherSuite
    from hellodone.trace.model import Trace
    from hellodone.trace.recorder import Recorder


class Endpoint(Connection[C]):
    """What both roles' connections offer beyond the driver: what was negotiated, and the trace."""

    __slots__ = ("_recorder",)

    def __init__(self, role: Role, config: C, handshaker: Handshaker[C]) -> None:
        self._recorder = _recorder(role, config) if config.record else None
        Connection.__init__(self, role, config, handshaker, self._recorder)  # by name: super() is an object for each

    @property
    def version(self) -> int | None:
        """The negotiated version (0x0303), None before ServerHello."""
        return vars(self.handshake).get("server_version")

    @property
    def cipher_suite(self) -> CipherSuite | None:
        """The negotiated suite, None before ServerHello."""
        return vars(self.handshake).get("cipher_suite")

    @property
    def group(self) -> int | None:
        """The number of the named group the keys were agreed in; None where there is none."""
        return vars(self.handshake).get("group")

    @property
    def alpn(self) -> str | None:
        """The application protocol, None when none was negotiated (RFC 7301)."""
        return vars(self.handshake).get("alpn")

    @property
    def server_name(self) -> str | None:
        """The name in server_name, None when none was sent (RFC 6066, 3)."""
        return vars(self.handshake).get("server_name")

    @property
    def resumed(self) -> bool:
        """Whether an earlier session was continued."""
        return bool(vars(self.handshake).get("resumed", False))

    @property
    def peer_certificates(self) -> tuple[Certificate, ...]:
        """The chain the peer sent, leaf first; empty when it sent none."""
        facts = vars(self.handshake)
        chain: tuple[Certificate, ...] = facts.get(
            "server_certificates" if self.role == "client" else "client_certificates", ()
        )
        return chain

    @property
    def supplemental_data(self) -> tuple[tuple[int, bytes], ...]:
        """What the peer sent for the application, by type; empty before the handshake is complete (RFC 4680, 2)."""
        name = f"{'server' if self.role == 'client' else 'client'}_supplemental_data"
        entries = vars(self.handshake).get(name, ()) if self.handshake_complete else ()
        return tuple((entry.supp_data_type, entry.encode()[4:]) for entry in entries)

    def export_keying_material(self, label: str | bytes, length: int, context: bytes | None = None) -> Secret:
        """Keys for the application, the same on both sides and on no other connection (RFC 5705, 4).

        No context and an empty one give different keys. Raises ConfigurationError where RFC 7627, 5.4 forbids it and
        for labels of TLS itself, ConnectionClosed before the handshake is complete.
        """
        self._require_complete()
        return exported(self.handshake, label.encode() if isinstance(label, str) else label, length, context)

    def channel_binding(self, kind: BindingType = "tls-unique") -> bytes:
        """A name for this connection that both sides know (RFC 5929; RFC 9266 for tls-exporter).

        "tls-unique" changes with each renegotiation. Raises ConfigurationError where the binding is not defined or not
        safe, ConnectionClosed before the handshake is complete.
        """
        self._require_complete()
        return channel_binding(self.handshake, kind)

    def _require_complete(self) -> None:
        if not self.handshake_complete:
            raise ConnectionClosed("the handshake is not complete")

    @property
    def trace(self) -> Trace | None:
        """What happened so far; None unless the configuration says ``record=True``."""
        return None if self._recorder is None else self._recorder.trace()

    def transport_event(self, event: str, **details: object) -> None:
        """Tell the recorder what happened below TLS: connected, accepted, fin, rst, timeout."""
        if self._recorder is not None:
            self._recorder.transport(event, **details)


E = TypeVar("E", bound=type[Endpoint[Any]])


def with_own_code(role: E) -> E:
    """Give a role copies of the methods that it inherits.

    Python adapts the instructions of a function to the class of the ``self`` it sees (PEP 659). Where a process has
    clients and servers, a proxy say, functions that both share would be adapted to neither: a seventh of the time of a
    short message, a fiftieth of a handshake's.
    """
    for name in {name for base in role.__mro__[1:] for name in vars(base)}:
        method = getattr(role, name)
        if isinstance(method, FunctionType) and method.__closure__ is None:  # one with ``super()`` is its class's own
            copy = FunctionType(method.__code__.replace(), method.__globals__, name, method.__defaults__)
            copy.__kwdefaults__ = method.__kwdefaults__
            setattr(role, name, update_wrapper(copy, method))
    return role


@with_own_code
class ClientConnection(Endpoint[ClientConfig]):
    """A client's connection, without I/O.

    ``server_name`` is the host that is meant: a DNS name goes into server_name and must be in the certificate, an IP
    address must be in the certificate. Raises ConfigurationError when it is neither.
    """

    __slots__ = ()

    def __init__(self, config: ClientConfig, server_name: str | None = None) -> None:
        expected = None if server_name is None else normalize_server_name(server_name)
        Endpoint.__init__(self, "client", config, client_handshake)
        self.handshake._expected_name = expected


@with_own_code
class ServerConnection(Endpoint[ServerConfig]):
    """A server's connection, without I/O."""

    __slots__ = ()

    def __init__(self, config: ServerConfig) -> None:
        Endpoint.__init__(self, "server", config, server_handshake)

    def initiate_handshake(self) -> None:
        """A server waits for the client; it cannot begin."""
        raise ConfigurationError("a server does not begin a handshake: hand it the client's bytes with receive_data")


def _recorder(role: Role, config: Config) -> Recorder:
    """A recorder, whose module is loaded only when one is wanted."""
    from hellodone.trace.recorder import Recorder

    return Recorder(role, config)
