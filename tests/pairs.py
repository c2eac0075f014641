"""A client and a server of ours, joined in memory: what most tests of the handshake start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hellodone.config import ClientConfig, ServerConfig
from hellodone.endpoint import ClientConnection, ServerConnection
from hellodone.errors import TlsError
from hellodone.events import Event
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.policy import Policy

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
Wire = Callable[[bytes], bytes]


def clock() -> datetime:
    """The time at which all these handshakes happen."""
    return NOW


@cache
def lab() -> LabAuthority:
    """One authority for the whole run."""
    return LabAuthority.create(key="ec", at=NOW)


@cache
def server_identity(key: str) -> Identity:
    """A certificate for localhost, one for each kind of key."""
    return lab().issue_server(key=key)


@cache
def client_identity(key: str) -> Identity:
    """A client's certificate, one for each kind of key."""
    return lab().issue_client(key=key)


def client_config(**changes: Any) -> ClientConfig:
    """A client that trusts the laboratory."""
    return ClientConfig(**{"trust": lab().trust, "clock": clock, **changes})


def server_config(key: str = "ec", **changes: Any) -> ServerConfig:
    """A server with a certificate of the laboratory."""
    return ServerConfig(**{"identity": server_identity(key), "client_trust": lab().trust, "clock": clock, **changes})


def compatible(*suites: str, groups: tuple[str, ...] = ()) -> Policy:
    """The compatible policy, narrowed to these suites and groups."""
    policy = Policy.compatible()
    if suites:
        policy = policy.with_cipher_suites(suites)
    return policy.with_groups(groups) if groups else policy


@dataclass
class Pair:
    """The two ends, what happened at each, and the bytes that went each way."""

    client: ClientConnection
    server: ServerConnection
    client_events: list[Event] = field(default_factory=list)
    server_events: list[Event] = field(default_factory=list)
    client_error: TlsError | None = None
    server_error: TlsError | None = None
    to_server: bytearray = field(default_factory=bytearray)
    to_client: bytearray = field(default_factory=bytearray)

    @property
    def completed(self) -> bool:
        """Both sides have a complete handshake and no complaint."""
        return (
            self.client.handshake_complete
            and self.server.handshake_complete
            and self.client_error is None
            and self.server_error is None
        )

    @property
    def errors(self) -> tuple[TlsError, ...]:
        """What either side raised."""
        return tuple(error for error in (self.client_error, self.server_error) if error is not None)

    def pump(self, to_server: Wire = bytes, to_client: Wire = bytes) -> Pair:
        """Carry bytes both ways until nobody has any; the two functions may change them on the way."""
        while True:
            up, down = self.client.data_to_send(), self.server.data_to_send()
            if not up and not down:
                return self
            self._to_server(to_server(up) if up else b"")
            self._to_client(to_client(down) if down else b"")

    def finish(self) -> Pair:
        """Both streams end: whoever still waits is told."""
        if self.client_error is None and not self.client.closed:
            self.client_error = _error_of(self.client.receive_eof)
        if self.server_error is None and not self.server.closed:
            self.server_error = _error_of(self.server.receive_eof)
        return self

    def _to_server(self, data: bytes) -> None:
        self.to_server += data
        if data and not self.server.closed:
            try:
                self.server_events += self.server.receive_data(data)
            except TlsError as error:
                self.server_error = error

    def _to_client(self, data: bytes) -> None:
        self.to_client += data
        if data and not self.client.closed:
            try:
                self.client_events += self.client.receive_data(data)
            except TlsError as error:
                self.client_error = error


def _error_of(call: Callable[[], object]) -> TlsError | None:
    try:
        call()
    except TlsError as error:
        return error
    return None


def pair(client: ClientConfig | None = None, server: ServerConfig | None = None, name: str = "localhost") -> Pair:
    """Two ends that have not exchanged a byte yet, except that the ClientHello is ready."""
    ends = Pair(ClientConnection(client or client_config(), name), ServerConnection(server or server_config()))
    ends.client.initiate_handshake()
    return ends


def connected(client: ClientConfig | None = None, server: ServerConfig | None = None) -> Pair:
    """Two ends after the handshake."""
    ends = pair(client, server).pump()
    for error in ends.errors:
        raise error
    assert ends.completed
    return ends
