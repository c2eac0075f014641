"""Opening a TLS connection as a client: TCP, the words in the clear when the protocol needs them, the handshake."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from hellodone.transport.address import join
from hellodone.transport.blocking import TlsSocket
from hellodone.transport.dial import Deadline, dial
from hellodone.transport.errors import ConnectionLost

if TYPE_CHECKING:
    from hellodone.config import ClientConfig
    from hellodone.endpoint import ClientConnection


def connect(
    address: tuple[str, int],
    config: ClientConfig,
    *,
    server_name: str | None = None,
    timeout: float | None = 30.0,
    starttls: str | None = None,
) -> TlsSocket:
    """A connection to ``(host, port)`` whose handshake is complete.

    ``server_name`` is whom to expect there, by default the host; ``starttls`` is a protocol of
    ``starttls.PROTOCOLS``; ``timeout`` in seconds is for all of it together and stays as the socket's time-out.
    Raises PeerNotReached (no TCP connection), NotTls, ConnectionLost, FatalAlert, ConfigurationError.
    """
    from hellodone.endpoint import ClientConnection
    from hellodone.pki.names import normalize_server_name

    host, port = address
    expected = server_name or host
    connection = ClientConnection(config, server_name=expected)
    deadline = Deadline(timeout)
    dialled = dial(_dialable(host, normalize_server_name(host).text), port, deadline)
    peer = join(host, port)
    try:
        if starttls is not None:
            _change_to_tls(dialled.socket, starttls, expected, peer, deadline)
        left = _left(deadline, peer)
    except BaseException:
        dialled.socket.close()
        raise
    connection.transport_event(
        "connected", local=dialled.local, peer=dialled.peer, seconds=dialled.seconds, rtt=dialled.rtt
    )
    dialled.socket.settimeout(timeout)
    tls = TlsSocket(dialled.socket, connection, is_client=True, peer=peer)
    if config.revocation is not None and config.revocation.ask:
        _look_up_within(connection, deadline)
    connection.initiate_handshake()
    tls.do_handshake(left)
    return tls


def _look_up_within(connection: ClientConnection, deadline: Deadline) -> None:
    """Look-ups of this handshake share its time; those of a later one have their own."""
    from hellodone.transport.fetch import fetch, fetcher

    within = fetcher(deadline)
    connection.fetch = lambda lookup: fetch(lookup) if connection.handshake_complete else within(lookup)


def _dialable(host: str, normal: str) -> str:
    """What to look up: the A-labels of a name; an IPv6 address as given, for its zone says by which interface."""
    return host.strip("[]") if "%" in host else normal


def _left(deadline: Deadline, peer: str) -> float | None:
    try:
        return deadline.remaining()
    except TimeoutError:
        raise ConnectionLost(f"{peer} took {deadline.timeout:g} s before the handshake could begin") from None


def _change_to_tls(sock: socket.socket, protocol: str, host: str, peer: str, deadline: Deadline) -> None:
    """Hold the dialogue of ``protocol``. Raises StartTlsRefused, NotTls, ConnectionLost."""
    from hellodone.transport.starttls import conversation

    talk = conversation(protocol, host, peer)
    try:
        while True:
            sock.settimeout(deadline.remaining())
            sock.sendall(talk.data_to_send())
            if talk.finished:
                return
            talk.receive_data(sock.recv(4096))
    except TimeoutError:
        raise ConnectionLost(
            f"{peer} said too little within {deadline.timeout:g} s; expected {talk.expected}"
        ) from None
    except OSError:
        raise ConnectionLost(f"{peer} reset the connection; expected {talk.expected}") from None
